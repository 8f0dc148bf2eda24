import type { LoadersContract } from '@adonisjs/core/types/ace'
import type { BaseCommand } from '@adonisjs/core/ace'

type Commands = LoadersContract<typeof BaseCommand>

/**
 * Wraps a package's commands so that in production only the named ones remain. The others
 * write code, try the site out or empty its database.
 */
export function inProductionOnly(...names: string[]) {
  return (commands: Commands): Commands => ({
    async getMetaData() {
      const all = await commands.getMetaData()
      return process.env.NODE_ENV === 'production'
        ? all.filter(({ commandName }) => names.includes(commandName))
        : all
    },
    getCommand: (metaData) => commands.getCommand(metaData),
  })
}
