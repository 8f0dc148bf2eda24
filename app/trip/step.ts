import type { FailureName } from '#trip/failure'
import type { SetUpWarning } from '#protocol/person'

/** The stages of a trial, in order. An ordinary attempt notes its calls, and what went wrong. */
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
 * One stage of an attempt, as `sign_in_attempts.steps` keeps it: what ran, how
 * long it took, how it ended. Never a code, token, secret or a provider's own
 * words.
 */
export interface Step {
  name: (typeof STEP_NAMES)[number]
  ms: number
  result: 'ok' | FailureName
  /** The provider's error code, such as `KOE320`. */
  code?: string
  /** What is wrong with the set-up though this went well. */
  warning?: SetUpWarning
  /** In a trial, what came back: masked, or a word out of a short list. */
  found?: Found
}

/** By what it is; in the order in which the report shows it. */
export type Found = Record<string, string>
