import type { FailureName } from '#trip/failure'
import type { SetUpWarning } from '#protocol/person'

/** The stages of a trial, in order. An ordinary attempt records its calls and what went wrong. */
export const STEP_NAMES = [
  'authorize',
  'callback',
  'token',
  'application',
  'profile',
  'required_fields',
  'decision',
] as const

/**
 * One stage of an attempt, as stored in `sign_in_attempts.steps`: what ran, how long it
 * took and how it ended. It never holds a code, a token, a secret or a provider's own
 * words.
 */
export interface Step {
  name: (typeof STEP_NAMES)[number]
  ms: number
  result: 'ok' | FailureName
  /** The provider's error code, such as `KOE320`. */
  code?: string
  /** What is wrong with the set-up even though this step succeeded. */
  warning?: SetUpWarning
  /** In a trial, what came back: masked, or a word from a short list. */
  found?: Found
}

/** Values by name, in the order in which the report shows them. */
export type Found = Record<string, string>
