import { errors, jwtVerify, type JWTPayload } from 'jose'
import { ProtocolFailure } from '#protocol/failure'
import { signingKeysAt } from '#protocol/signing_keys'

/* Signed with the provider's private key: neither `none` nor what a client secret could sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']

/* It was issued for the code of a moment ago. Both in seconds, the second for clocks that differ. */
const OLDEST = 10 * 60
const CLOCK_SKEW = 120

/** What an ID token says, once it is certain that the provider says it of this trip. */
export interface IdTokenClaims extends JWTPayload {
  sub: string
}

/** What an ID token must say to be believed. */
export interface Expected {
  issuer: string
  keysUrl: string
  clientId: string
  nonce: string
}

/**
 * Reads an ID token as OpenID Connect Core 3.1.3.7 wants it read.
 *
 * @throws ProtocolFailure `id_token_refused`; its code says what is wrong: `missing`,
 *   `malformed`, `algorithm`, `key_unknown`, `signature`, `expired`, `nonce`, or the claim
 */
export async function readIdToken(token: unknown, expected: Expected): Promise<IdTokenClaims> {
  if (typeof token !== 'string' || token === '') throw refused('missing')
  const claims = await verify(token, expected)
  if (claims.nonce !== expected.nonce) throw refused('nonce')
  /* Where it is for several clients, `azp` names the one that it was issued to. */
  const isForUsAlone = [claims.aud].flat().length === 1
  if ((claims.azp ?? (isForUsAlone ? expected.clientId : null)) !== expected.clientId) {
    throw refused('azp')
  }
  return claims
}

async function verify(token: string, { issuer, keysUrl, clientId }: Expected) {
  try {
    const { payload } = await jwtVerify<{ sub: string }>(token, signingKeysAt(keysUrl).find, {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW,
      maxTokenAge: OLDEST,
      requiredClaims: ['exp', 'sub'],
    })
    return payload
  } catch (error) {
    throw refusalFor(error)
  }
}

function refusalFor(error: unknown) {
  if (error instanceof errors.JWTExpired) return refused('expired')
  if (error instanceof errors.JWTClaimValidationFailed) return refused(error.claim)
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('algorithm')
  if (error instanceof errors.JWKSNoMatchingKey) return refused('key_unknown')
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('signature')
  /* A type error: the key is none. */
  if (error instanceof errors.JOSEError || error instanceof TypeError) return refused('malformed')
  return error
}

function refused(why: string) {
  return new ProtocolFailure('id_token_refused', why)
}
