import { prettyPrintError } from '@adonisjs/core'

/**
 * A reason not to start that the operator can fix: shown as a single line, without a
 * stack trace.
 */
export class StartRefused extends Error {
  /** How ace shows it, since ace does not pass errors on to `explainStartFailure`. */
  render() {
    console.error(this.message)
  }
}

/** The system's error for an address that cannot be listened on. */
interface ListenError extends Error {
  code: string
  syscall: string
  hostname?: string
}

const WHY_NOT_LISTENING: Record<string, string> = {
  EADDRINUSE: 'another program does so already; end it, or change PORT',
  EACCES: 'this user may not; take a PORT above 1023',
  EADDRNOTAVAIL: 'HOST is not an address of this machine',
  ENOTFOUND: 'HOST is not a name that this machine can resolve',
  EAI_AGAIN: 'HOST cannot be resolved at the moment',
}

function isListenError(error: unknown): error is ListenError {
  if (!(error instanceof Error) || !('syscall' in error)) return false
  const { syscall, hostname } = error as ListenError
  return syscall === 'listen' || (syscall === 'getaddrinfo' && hostname === process.env.HOST)
}

/**
 * Ends the process with exit code 1 and says why: one line for what the operator can fix
 * (a bad variable, a port that is taken, pending migrations), the full trace for anything
 * unforeseen. It exits at once, because open connections to the database, and Vite in
 * development, would keep the process alive where no supervisor sees that it serves
 * nobody.
 */
export async function explainStartFailure(error: unknown) {
  if (error instanceof StartRefused) {
    console.error(error.message)
  } else if (isListenError(error)) {
    const { HOST, PORT = '3333' } = process.env
    const why = WHY_NOT_LISTENING[error.code] ?? error.message
    console.error(`Cannot listen on ${HOST}, port ${PORT} (${error.code}): ${why}`)
  } else {
    await prettyPrintError(error as Error)
  }
  process.exit(1)
}
