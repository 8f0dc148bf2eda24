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
