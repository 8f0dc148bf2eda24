import { userInfo } from 'node:os'
import type { HttpContext } from '@adonisjs/core/http'

/** Who changes something: a person on a page, whoever runs a command, or the application itself. */
export interface Actor {
  via: 'page' | 'command' | 'job'
  userId: number | null
  /** What the audit shows also when the account is gone. */
  name: string | null
  ip: string | null
}

/** The person who is signed in and sent this request. */
export function actorOf({ auth, request }: HttpContext): Actor {
  const user = auth.getUserOrFail()
  return { via: 'page', userId: user.id, name: user.name || user.email, ip: request.ip() }
}

/** Whoever runs a command of this application, by their account on the machine. */
export function commandActor(): Actor {
  return { via: 'command', userId: null, name: accountName(), ip: null }
}

/** What happens by itself, in time. */
export const JOB: Actor = { via: 'job', userId: null, name: null, ip: null }

/** A container may run under a number that nothing names. */
function accountName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}
