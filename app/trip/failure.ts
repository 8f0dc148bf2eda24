import { SecretUnreadable } from '#crypto/sealed'
import { PROTOCOL_FAILURES, ProtocolFailure } from '#protocol/failure'

/**
 * Every way an attempt can end without a sign-in. The value says who caused it, which
 * decides how loudly it is logged. Each name has a message to the visitor in
 * `failures.json` of each language.
 */
export const FAILURES = {
  /* The callback does not match a trip that left here. */
  state_missing: 'visitor',
  state_unknown: 'visitor',
  state_expired: 'visitor',
  state_used: 'visitor',
  state_foreign: 'visitor',
  response_malformed: 'visitor',
  form_expired: 'visitor',

  /* The person, or their account here. */
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
  signed_out: 'visitor',
  sign_in_not_recent: 'visitor',
  second_factor_gone: 'visitor',
  agreement_gone: 'visitor',
  agreement_declined: 'visitor',

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
 * Turns what a call to a provider may throw into a failure.
 * @throws anything unexpected, unchanged
 */
export function asFailure(error: unknown): ProtocolFailure {
  if (error instanceof ProtocolFailure) return error
  if (error instanceof SecretUnreadable) return new ProtocolFailure('secret_unreadable')
  throw error
}
