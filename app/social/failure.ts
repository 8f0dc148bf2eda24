import { SecretUnreadable } from '#models/sealed'

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
  grant_gone: 'visitor',
  second_factor_gone: 'visitor',

  /* What administrators set up. */
  provider_unknown: 'visitor',
  provider_off: 'visitor',
  credential_revoked: 'administrator',
  secret_unreadable: 'administrator',
  client_unknown: 'administrator',
  secret_refused: 'administrator',
  redirect_uri_refused: 'administrator',
  another_application: 'administrator',

  /* The provider. */
  authorization_refused: 'provider',
  code_refused: 'provider',
  token_refused: 'provider',
  profile_refused: 'provider',
  answer_unreadable: 'provider',
  provider_unreachable: 'provider',
  provider_timeout: 'provider',
  provider_unavailable: 'provider',
  provider_busy: 'provider',
} as const satisfies Record<string, 'visitor' | 'administrator' | 'provider'>

export type FailureName = keyof typeof FAILURES

export function isFailureName(value: unknown): value is FailureName {
  return typeof value === 'string' && Object.hasOwn(FAILURES, value)
}

/**
 * Thrown by drivers, caught once in the trip. Carries a name, and of the
 * provider's answer nothing but its error code: descriptions echo codes
 * (KOE320) and client ids (KOE101).
 */
export class SocialFailure extends Error {
  readonly failure: FailureName
  /** Such as `KOE320`, `024`, `ENOTFOUND` or an HTTP status; for administrators. */
  readonly providerCode: string | null

  constructor(failure: FailureName, providerCode: unknown = null) {
    super(failure)
    this.failure = failure
    this.providerCode = shortCode(providerCode)
  }
}

/**
 * What a call to a provider may throw, as a failure.
 * @throws anything unforeseen, as it came
 */
export function asFailure(error: unknown): SocialFailure {
  if (error instanceof SocialFailure) return error
  if (error instanceof SecretUnreadable) return new SocialFailure('secret_unreadable')
  throw error
}

/** A provider's error code if it looks like one; free text is dropped. */
export function shortCode(value: unknown): string | null {
  const text = String(value ?? '')
  return /^[\w-]{1,40}$/.test(text) ? text : null
}
