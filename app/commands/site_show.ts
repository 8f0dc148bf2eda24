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
    const { presentDocuments } = await import('#site/documents')
    const { settings } = await Site.present()
    const documents = await presentDocuments()
    if (this.json) return this.logger.log(JSON.stringify({ ...settings, documents }, null, 2))
    const table = this.ui.table()
    for (const [name, value] of Object.entries(settings)) table.row([name, inWords(value)])
    for (const { key, title, required, url, number } of documents) {
      const facts = [title, required ? 'required' : 'optional', `version ${number}`, url]
      table.row([key, facts.filter(Boolean).join(', ')])
    }
    table.render()
  }
}

function inWords(value: string | boolean | null): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value?.replaceAll('\n', ' / ') ?? '-'
}
