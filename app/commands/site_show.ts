import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class SiteShow extends BaseCommand {
  static commandName = 'site:show'
  static description = 'Show what this site is called and whom it lets in'
  static options: CommandOptions = { startApp: true }

  @flags.boolean({ description: 'Print JSON' })
  declare json?: boolean

  async run() {
    const { default: Site } = await import('#models/site/site')
    const { settings } = await Site.present()
    if (this.json) return this.logger.log(JSON.stringify(settings, null, 2))
    const table = this.ui.table()
    for (const [name, value] of Object.entries(settings)) table.row([name, inWords(value)])
    table.render()
  }
}

function inWords(value: string | boolean | null): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value?.replaceAll('\n', ' / ') ?? '-'
}
