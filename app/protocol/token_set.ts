import { ProtocolFailure } from '#protocol/failure'

/* Both tokens and the scopes must fit, sealed, into a text column of 64 KiB. */
const LONGEST_TOKEN = 4_096
const LONGEST_SCOPE = 4_096

/**
 * Validates a token from a provider (RFC 6749, appendix A.12 and A.17).
 * @throws ProtocolFailure when it is not a token, or too long to be stored
 */
export function tokenOf(value: string): string {
  if (value.length <= LONGEST_TOKEN && /^[\x20-\x7e]+$/.test(value)) return value
  throw new ProtocolFailure('answer_unreadable')
}

/**
 * Splits the granted scope into items (RFC 6749, appendix A.4).
 * @throws ProtocolFailure when it is too long to be stored
 */
export function scopesOf(scope: string): string[] {
  if (scope.length > LONGEST_SCOPE) throw new ProtocolFailure('answer_unreadable')
  return scope.split(' ').filter((item) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(item))
}

/** The tokens that a token endpoint returned. */
export interface TokenSet {
  accessToken: string
  refreshToken: string | null
  /** Seconds until the access token expires; `null` when the provider did not say. */
  expiresIn: number | null
  /** The consent items granted; `null` when the provider did not say (Naver never does). */
  scopes: string[] | null
  /** The client that they were issued to: no other client can refresh or revoke them. */
  clientId: string
}

/** The stored tokens, in plain text. */
export interface KeptTokens {
  accessToken: string | null
  refreshToken: string | null
}
