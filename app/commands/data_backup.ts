import { args, BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type { Backup } from '#actions/data/back_up_data'

export default class DataBackup extends BaseCommand {
  static commandName = 'data:backup'
  static description = 'Write everything that is stored to one file, while the site runs'
  static help = [
    'The file must not exist yet, and only this user can read it. On SQLite it is a database',
    'that can replace DB_FILE; on MySQL it is SQL, made by mariadb-dump or mysqldump.',
    'SECRETS_KEY and APP_KEY are not in it: keep them elsewhere, or its secrets stay sealed.',
  ]
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'Path of the file to write' })
  declare file: string

  async run() {
    const { BackUpData } = await import('#actions/data/back_up_data')
    const backup = await new BackUpData().handle(this.file)
    if (backup.kind === 'written') {
      return this.logger.success(`Wrote ${this.file}: ${backup.bytes} bytes.`)
    }
    this.logger.error(this.#refusal(backup))
    this.exitCode = 1
  }

  #refusal(backup: Exclude<Backup, { kind: 'written' }>): string {
    switch (backup.kind) {
      case 'file_exists':
        return `${this.file} exists already, and is left as it is: name another file.`
      case 'not_writable':
        return `${this.file} cannot be written: ${backup.why}.`
      case 'no_dump_program':
        return 'A backup of MySQL needs mariadb-dump or mysqldump in PATH (Debian: mariadb-client).'
      case 'failed':
        return `No backup was written: ${backup.why}`
    }
  }
}
