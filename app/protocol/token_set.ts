import { ProtocolFailure } from '#protocol/failure'

/* Both tokens and the scopes have to fit, sealed, into a text of 64 KiB. */
const LONGEST_TOKEN = 4_096
const LONGEST_SCOPE = 4_096

/**
 * A token as a provider gave it (RFC 6749, appendix A.12 and A.17).
 * @throws ProtocolFailure when it is none, or longer than could be kept
 */
export function tokenOf(value: string): string {
  if (value.length <= LONGEST_TOKEN && /^[\x20-\x7e]+$/.test(value)) return value
  throw new ProtocolFailure('answer_unreadable')
}

/**
 * What was granted, item by item (RFC 6749, appendix A.4).
 * @throws ProtocolFailure when it is longer than could be kept
 */
export function scopesOf(scope: string): string[] {
  if (scope.length > LONGEST_SCOPE) throw new ProtocolFailure('answer_unreadable')
  return scope.split(' ').filter((item) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(item))
}

/** What a token endpoint gave. */
export interface TokenSet {
  accessToken: string
  refreshToken: string | null
  /** Seconds until the access token ends; `null` when the provider did not say. */
  expiresIn: number | null
  /** The consent items granted; `null` when the provider did not say (Naver never does). */
  scopes: string[] | null
  /** The client that they were given to: no other can refresh or revoke them. */
  clientId: string
}

/** What is kept of it, in clear. */
export interface KeptTokens {
  accessToken: string | null
  refreshToken: string | null
}
