import { Exception } from '@adonisjs/core/exceptions'
import type { Next } from '#auth/next'

/**
 * What let a request in ended while the request was under way: its session, the recent
 * proof of who the person is, or the proof that a sign-in was based on. Nothing was
 * changed.
 */
export class AccessEnded extends Exception {
  static status = 401
  static code = 'E_ACCESS_ENDED'

  /** @param next where the person was going, if that is not the page of this request */
  constructor(
    readonly what: 'session' | 'proof' | 'sign_in',
    readonly next: Next | null = null
  ) {
    super(`The ${what} has ended`)
  }
}

/** Does `work` for somebody who is going to `next`; should their access end, they still are. */
export async function onTheWayTo<T>(next: Next | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AccessEnded ? new AccessEnded(error.what, next) : error
  }
}
