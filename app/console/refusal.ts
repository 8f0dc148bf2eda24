import type { BaseCommand } from '@adonisjs/core/ace'

/** What a validator says about the fields it did not accept. */
interface FieldErrors {
  messages: { field: string; message: string }[]
}

/**
 * Says why a command does nothing, and has it end with exit code 1.
 *
 * @returns `null`, so that a part of the command can return it for what is missing
 */
export function refuse(command: BaseCommand, why: string): null {
  command.logger.error(why)
  command.exitCode = 1
  return null
}

/** The same for what a validator refused. @param labels what the command calls each field */
export function refuseFields(
  command: BaseCommand,
  { messages }: FieldErrors,
  labels: Record<string, string>
): null {
  for (const { field, message } of messages) {
    refuse(command, `${labels[field.split('.')[0]] ?? field}: ${message}`)
  }
  return null
}
