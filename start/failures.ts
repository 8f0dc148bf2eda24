import { prettyPrintError } from '@adonisjs/core'

/**
 * A reason not to start that the operator can mend: shown as its one line,
 * without a stack trace.
 */
export class StartRefused extends Error {
  /** How ace shows it, which does not let errors through to `explainStartFailure`. */
  render() {
    console.error(this.message)
  }
}

/**
 * Ends the process with exit code 1 and says why: one line for what the
 * operator can mend (a bad variable, pending migrations), the full trace for
 * anything unforeseen.
 */
export async function explainStartFailure(error: unknown) {
  process.exitCode = 1
  if (error instanceof StartRefused) {
    console.error(error.message)
  } else if (error instanceof Error && 'help' in error && error.name === 'EnvValidationException') {
    console.error(
      `Bad environment: ${String(error.help)
        .replace(/^\s*- /gm, '')
        .trim()}`
    )
  } else {
    await prettyPrintError(error as Error)
  }
}
