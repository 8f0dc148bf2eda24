import type { FailureName } from '#social/failure'

/**
 * One stage of an attempt, as `sign_in_attempts.steps` keeps it: what ran, how
 * long it took, how it ended. Never a code, token, secret or a provider's own
 * words.
 */
export interface Step {
  name: 'token' | 'profile'
  ms: number
  result: 'ok' | FailureName
  /** The provider's error code, such as `KOE320`. */
  code?: string
}
