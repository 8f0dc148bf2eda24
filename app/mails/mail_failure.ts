import { getSystemErrorName } from 'node:util'
import type { MailFailure } from '#models/outgoing_mail'

/** The part of nodemailer's errors that says what happened without saying to whom. */
interface SmtpError {
  code?: unknown
  responseCode?: unknown
  command?: unknown
  errno?: unknown
}

/**
 * What to remember of an error: the server's code and the command it answered, or the
 * class of the error. Its message may contain addresses, so it is left out.
 */
export function mailFailure(error: unknown): MailFailure {
  const { code, responseCode, command, errno } = (error ?? {}) as SmtpError
  const name = error instanceof Error ? error.name : 'Error'
  if (typeof responseCode !== 'number') {
    /*
     * nodemailer's code says "a socket failed"; the system's says how: nobody listens,
     * no such host.
     */
    if (typeof errno === 'number' && errno < 0) {
      return { reason: getSystemErrorName(errno), permanent: false }
    }
    return { reason: typeof code === 'string' ? code : name, permanent: false }
  }
  return {
    reason: typeof command === 'string' ? `${responseCode} ${command}` : String(responseCode),
    /* A refusal of the sender or of the password is ours to fix, and not this mail's fault. */
    permanent: responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA'),
  }
}
