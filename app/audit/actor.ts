import { userInfo } from 'node:os'
import type { HttpContext } from '@adonisjs/core/http'
import type UserSession from '#models/user_session'

/** Who changes something: a person on a page, whoever runs a command, or the application itself. */
export interface Actor {
  via: 'page' | 'command' | 'job'
  userId: number | null
  /** What the audit shows also when the account is gone. */
  name: string | null
  ip: string | null
  /** Of a person on a page; what they do is done while it stands. */
  session?: UserSession
}

/** A person, as far as the audit names them. */
interface Person {
  id: number
  name: string
  email: string | null
}

/** The person who is signed in and sent this request. */
export function actorOf({ auth, request }: HttpContext): Actor {
  return { ...actorAs(auth.getUserOrFail()), ip: request.ip(), session: auth.use('web').session }
}

/** A person who acts on a page, wherever the request came from. */
export function actorAs({ id, name, email }: Person): Actor {
  return { via: 'page', userId: id, name: name || email, ip: null }
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
