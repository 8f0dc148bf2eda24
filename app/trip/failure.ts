import { SecretUnreadable } from '#crypto/sealed'
import { PROTOCOL_FAILURES, ProtocolFailure } from '#protocol/failure'

/**
 * Every way in which an attempt can end without a sign-in. The value says whose
 * doing it is, which decides how loudly it is logged. For each name there is a
 * message to the visitor in `failures.json` of each language.
 */
export const FAILURES = {
  /* The way back to us was not the one that left here. */
  state_missing: 'visitor',
  state_unknown: 'visitor',
  state_expired: 'visitor',
  state_used: 'visitor',
  state_foreign: 'visitor',
  response_malformed: 'visitor',
  form_expired: 'visitor',

  /* The person, or who they are here. */
  cancelled: 'visitor',
  missing_fields: 'visitor',
  suspended: 'visitor',
  sign_up_closed: 'visitor',
  newcomers_refused: 'visitor',
  account_protected: 'visitor',
  too_many_addresses: 'visitor',
  proof_gone: 'visitor',
  proof_of_another: 'visitor',
  identity_taken: 'visitor',
  identity_of_another: 'visitor',
  person_changed: 'visitor',
  sign_in_not_recent: 'visitor',
  second_factor_gone: 'visitor',

  /* What administrators set up. */
  provider_unknown: 'visitor',
  provider_off: 'visitor',

  /* The calls to the provider. */
  ...PROTOCOL_FAILURES,
} as const satisfies Record<string, 'visitor' | 'administrator' | 'provider'>

export type FailureName = keyof typeof FAILURES

export function isFailureName(value: unknown): value is FailureName {
  return typeof value === 'string' && Object.hasOwn(FAILURES, value)
}

/**
 * What a call to a provider may throw, as a failure.
 * @throws anything unforeseen, as it came
 */
export function asFailure(error: unknown): ProtocolFailure {
  if (error instanceof ProtocolFailure) return error
  if (error instanceof SecretUnreadable) return new ProtocolFailure('secret_unreadable')
  throw error
}
