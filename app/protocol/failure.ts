/**
 * The ways a call to a provider can fail. The value says who caused it, which decides how
 * loudly it is logged.
 */
export const PROTOCOL_FAILURES = {
  /* The person has ended the link. */
  grant_gone: 'visitor',

  /* The calling client, as administrators set it up. */
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
  id_token_refused: 'provider',
  profile_refused: 'provider',
  answer_unreadable: 'provider',
  provider_unreachable: 'provider',
  provider_timeout: 'provider',
  provider_unavailable: 'provider',
  provider_busy: 'provider',
} as const satisfies Record<string, 'visitor' | 'administrator' | 'provider'>

export type ProtocolFailureName = keyof typeof PROTOCOL_FAILURES

/**
 * Thrown by drivers. Carries a name and, from the provider's answer, only the error
 * code: descriptions echo codes (KOE320) and client ids (KOE101).
 */
export class ProtocolFailure extends Error {
  readonly failure: ProtocolFailureName
  /** Such as `KOE320`, `024`, `ENOTFOUND` or an HTTP status; for administrators. */
  readonly providerCode: string | null

  constructor(failure: ProtocolFailureName, providerCode: unknown = null) {
    super(failure)
    this.failure = failure
    this.providerCode = shortCode(providerCode)
  }
}

/** A provider's error code if it looks like one; free text is dropped. */
export function shortCode(value: unknown): string | null {
  const text = String(value ?? '')
  return /^[\w-]{1,40}$/.test(text) ? text : null
}
