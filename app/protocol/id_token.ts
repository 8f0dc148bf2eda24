import { errors, jwtVerify, type JWTPayload } from 'jose'
import { ProtocolFailure } from '#protocol/failure'
import { signingKeysAt } from '#protocol/signing_keys'

/* All use the provider's private key, which excludes `none` and signatures by client secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']

/* In seconds: the token was issued moments ago, for the code; clocks may differ a little. */
const OLDEST = 10 * 60
const CLOCK_SKEW = 120

/** An ID token's claims, once they are known to be the provider's and to be about this trip. */
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
 * Reads an ID token as OpenID Connect Core 3.1.3.7 requires.
 *
 * @throws ProtocolFailure `id_token_refused`; its code says what is wrong: `missing`,
 *   `malformed`, `algorithm`, `key_unknown`, `signature`, `expired`, `nonce`, or the claim
 */
export async function readIdToken(token: unknown, expected: Expected): Promise<IdTokenClaims> {
  if (typeof token !== 'string' || token === '') throw refused('missing')
  const claims = await verify(token, expected)
  if (claims.nonce !== expected.nonce) throw refused('nonce')
  /* If it is meant for several clients, `azp` names the one it was issued to. */
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
  /* A TypeError means that the key is not usable as one. */
  if (error instanceof errors.JOSEError || error instanceof TypeError) return refused('malformed')
  return error
}

function refused(why: string) {
  return new ProtocolFailure('id_token_refused', why)
}
