import { userInfo } from 'node:os'
import type { HttpContext } from '@adonisjs/core/http'
import type UserSession from '#models/user_session'

/**
 * The source of a change: a person on a page, someone running a command, or the
 * application itself.
 */
export interface Actor {
  via: 'page' | 'command' | 'job'
  userId: number | null
  /** Shown in the audit even after the account is gone. */
  name: string | null
  ip: string | null
  /** Only for a person on a page; their change goes through only while this session stands. */
  session?: UserSession
}

/** The part of a person that the audit names. */
interface Person {
  id: number
  name: string
  email: string | null
}

/** The signed-in person who sent this request. */
export function actorOf({ auth, request }: HttpContext): Actor {
  return { ...actorAs(auth.getUserOrFail()), ip: request.ip(), session: auth.use('web').session }
}

/** A person acting on a page, wherever the request came from. */
export function actorAs({ id, name, email }: Person): Actor {
  return { via: 'page', userId: id, name: name || email, ip: null }
}

/** The person running a command of this application, named by their account on the machine. */
export function commandActor(): Actor {
  return { via: 'command', userId: null, name: accountName(), ip: null }
}

/** Changes that happen automatically over time. */
export const JOB: Actor = { via: 'job', userId: null, name: null, ip: null }

/** A container may run under a uid without a name. */
function accountName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}
