import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { DateTime } from 'luxon'
import { hashToken, sameText } from '#auth/random_token'
import {
  oneOf,
  type NoticeKeys,
  type NoticeReader,
  type NoticeReading,
  type NoticeRequest,
} from '#social/notice'
import { objectOf, subjectOf } from '#social/profile'

const ISSUER = 'https://kauth.kakao.com'
const SIGNED_EVENT = 'application/secevent+jwt'

/* Kakao wants an answer within three seconds (B.8). */
const KEYS_TIMEOUT_MS = 2_000

/* After these nothing links the person to this service any more. */
const ENDS_LINK = [
  'https://schemas.openid.net/secevent/oauth/event-type/user-unlinked',
  'https://schemas.openid.net/secevent/risc/event-type/account-purged',
]

/** Both kinds of Kakao's notices come to one address (protocol.md B.8). */
export const readKakaoNotice: NoticeReader = (request, keys) =>
  request.contentType === SIGNED_EVENT ? readEvent(request, keys) : readCall(request, keys)

/** The older one: the application's admin key in a header is all that proves it. */
async function readCall(
  { parameters, authorization }: NoticeRequest,
  { adminKeys, appRef }: NoticeKeys
): Promise<NoticeReading> {
  /* Every key is compared, so that the time does not tell which. */
  const matches = adminKeys.map((key) => sameText(authorization ?? '', `KakaoAK ${key}`))
  if (!matches.includes(true)) return refused(401, 'authorization')

  const appId = oneOf(parameters, 'app_id')
  if (appRef !== null && appId !== appRef) return refused(403, 'app_id')
  const subject = subjectOf(oneOf(parameters, 'user_id'))
  if (subject === null) return refused(400, 'user_id')
  return {
    ok: true,
    notice: {
      subject,
      event: 'unlinked',
      happenedAt: null,
      fingerprint: null,
      byRetiring: !matches[0],
    },
    answer: { status: 200 },
  }
}

/** The newer one: a security event token (RFC 8417), signed with Kakao's public keys. */
async function readEvent(
  { raw }: NoticeRequest,
  { credentials, origins }: NoticeKeys
): Promise<NoticeReading> {
  let claims: JWTPayload
  try {
    const { payload } = await jwtVerify(raw ?? '', signingKeys(origins.auth), {
      issuer: ISSUER,
      audience: credentials.map(({ clientId }) => clientId),
      algorithms: ['RS256'],
      typ: 'secevent+jwt',
      requiredClaims: ['iat', 'jti'],
    })
    claims = payload
  } catch (error) {
    return refusedEvent(errorName(error))
  }

  const events = objectOf(claims.events)
  const ending = ENDS_LINK.find((type) => type in events)
  const named = objectOf(objectOf(events[ending ?? Object.keys(events)[0]]).subject).sub
  const subject = subjectOf(claims.sub ?? named)
  if (subject === null || typeof claims.jti !== 'string') return refusedEvent('invalid_request')

  const happened = typeof claims.toe === 'number' ? claims.toe : claims.iat!
  const inUse = credentials.filter(({ isRetiring }) => !isRetiring)
  const audience = [claims.aud ?? []].flat()
  return {
    ok: true,
    notice: {
      subject,
      event: ending ? 'unlinked' : 'other',
      happenedAt: DateTime.fromSeconds(happened, { zone: 'utc' }),
      fingerprint: hashToken(claims.jti),
      /* Kakao's own key signed it: a new secret of the same client id changes nothing. */
      byRetiring: !audience.some((id) => inUse.some(({ clientId }) => clientId === id)),
    },
    answer: { status: 202 },
  }
}

const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>()

/** Kakao's public keys, kept, and asked for anew at most once a minute for an unknown one. */
function signingKeys(origin: string) {
  const known = keySets.get(origin)
  if (known) return known
  const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/jwks.json`), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    cooldownDuration: 60_000,
  })
  keySets.set(origin, keys)
  return keys
}

/** Kakao's names for what is wrong with an event (B.8). */
function errorName(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'invalid_issuer'
    if (error.claim === 'aud') return 'invalid_audience'
    return 'invalid_request'
  }
  if (error instanceof errors.JWKSNoMatchingKey) return 'invalid_key'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'authentication_failed'
  /* Not its fault: the keys did not come. It may be sent again. */
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
    return 'invalid_key'
  }
  return 'invalid_request'
}

function refused(status: number, reason: string): NoticeReading {
  return { ok: false, reason, answer: { status } }
}

function refusedEvent(err: string): NoticeReading {
  return { ok: false, reason: err, answer: { status: 400, body: { err, description: err } } }
}
