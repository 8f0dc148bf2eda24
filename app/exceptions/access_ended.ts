import { Exception } from '@adonisjs/core/exceptions'

/**
 * What let a request in ended while the request was under way: its session, the recent
 * proof of who the person is, or the proof that a sign-in was based on. Nothing was
 * changed.
 */
export class AccessEnded extends Exception {
  static status = 401
  static code = 'E_ACCESS_ENDED'

  constructor(readonly what: 'session' | 'proof' | 'sign_in') {
    super(`The ${what} has ended`)
  }
}
