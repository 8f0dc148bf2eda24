/**
 * One stage of an attempt, as it is kept in `sign_in_attempts.steps`: what ran,
 * how long it took, and how it ended. Never a code, token, secret or a
 * provider's own words.
 */
export interface Step {
  name: 'callback' | 'token' | 'profile' | 'required_fields' | 'decision'
  ms: number
  /** `ok`, or the name of the failure. */
  result: string
}
