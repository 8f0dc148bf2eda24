import { errors, jwtVerify, type JWTPayload } from 'jose'
import { DateTime } from 'luxon'
import { ProtocolFailure } from '#protocol/failure'
import {
  isExpected,
  oneOf,
  type Notice,
  type NoticeKeys,
  type NoticeReader,
  type NoticeReading,
  type NoticeRequest,
} from '#protocol/notice'
import { objectOf } from '#protocol/person'
import { signingKeysAt } from '#protocol/signing_keys'
import { subjectOf } from '#protocol/subject'

const ISSUER = 'https://kauth.kakao.com'
const SIGNED_EVENT = 'application/secevent+jwt'

/* In seconds: the earliest time an event can have, and how far clocks may differ. */
const BEGINNING = 1_000_000_000
const CLOCK_SKEW = 300

/* After these events, the person is no longer linked to this service. */
const ENDS_LINK = [
  'https://schemas.openid.net/secevent/oauth/event-type/user-unlinked',
  'https://schemas.openid.net/secevent/risc/event-type/account-purged',
]

/*
 * After these events, the person may have lost the address that Kakao vouched for. Kakao is
 * not known to say which address is meant or what the new one is (kakao.md#notices), so we
 * do not read either.
 */
const CHANGES_IDENTIFIER = [
  'https://schemas.openid.net/secevent/risc/event-type/identifier-changed',
  'https://schemas.openid.net/secevent/risc/event-type/identifier-recycled',
]

/** Both kinds of Kakao notices arrive at one address (docs/protocol/kakao.md#notices). */
export const readKakaoNotice: NoticeReader = (request, keys) =>
  request.contentType === SIGNED_EVENT ? readEvent(request, keys) : readCall(request, keys)

/** The older kind, proved only by the application's admin key in a header. */
async function readCall(
  { parameters, authorization }: NoticeRequest,
  { adminKeys, appRef }: NoticeKeys
): Promise<NoticeReading> {
  /* Every key is compared, so that timing does not reveal which one matched. */
  const matches = adminKeys.map((key) => isExpected(authorization ?? '', `KakaoAK ${key}`))
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
      reason: reasonOf(oneOf(parameters, 'referrer_type')),
      happenedAt: null,
      mark: null,
      byRetiring: !matches[0],
    },
    answer: { status: 200 },
  }
}

/** The newer kind: a security event token (RFC 8417), verified with Kakao's public keys. */
async function readEvent(
  { raw }: NoticeRequest,
  { credentials, origins }: NoticeKeys
): Promise<NoticeReading> {
  const keys = signingKeysAt(`${origins.auth}/.well-known/jwks.json`)
  let claims: JWTPayload
  try {
    const { payload } = await jwtVerify(raw ?? '', keys.find, {
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
  const [type, event] = mostSerious(Object.keys(events))
  const named = objectOf(objectOf(events[type]).subject).sub
  const subject = subjectOf(claims.sub ?? named)
  if (subject === null || typeof claims.jti !== 'string') return refusedEvent('invalid_request')

  const { iat, toe = iat } = claims
  const happenedAt = plausibleTime(toe)
  if (happenedAt === null || plausibleTime(iat) === null) return refusedEvent('invalid_request')

  const inUse = credentials.filter(({ isRetiring }) => !isRetiring)
  const audience = [claims.aud ?? []].flat()
  return {
    ok: true,
    notice: {
      subject,
      event,
      reason: reasonOf(objectOf(events[type]).reason),
      happenedAt,
      mark: claims.jti,
      /* Kakao's own key signed it: a new secret of the same client id changes nothing. */
      byRetiring: !audience.some((id) => inUse.some(({ clientId }) => clientId === id)),
    },
    answer: { status: 202 },
  }
}

/** Maps Kakao's reason for the end of a link (kakao.md#notices). */
function reasonOf(word: unknown): Notice['reason'] {
  if (word === 'INCOMPLETE_SIGN_UP') return 'sign_up_incomplete'
  return word === 'UNLINK_FROM_SERVICE' ? 'by_service' : null
}

/** Picks the event with the most serious consequence if a token holds several. */
function mostSerious(types: string[]): [type: string, event: Notice['event']] {
  const ending = types.find((type) => ENDS_LINK.includes(type))
  if (ending) return [ending, 'unlinked']
  const change = types.find((type) => CHANGES_IDENTIFIER.includes(type))
  return change ? [change, 'identifier'] : [types[0] ?? '', 'other']
}

/**
 * A time as a token states it, in whole seconds since 1970; `null` if it cannot be right.
 * A notice ends links that are older than its time, so an impossible time would make it
 * count as new, or forever.
 */
function plausibleTime(seconds: unknown): DateTime | null {
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < BEGINNING) return null
  return seconds <= Date.now() / 1000 + CLOCK_SKEW
    ? DateTime.fromSeconds(seconds, { zone: 'utc' })
    : null
}

/** Kakao's name for what is wrong with an event (kakao.md#notices). */
function errorName(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'invalid_issuer'
    if (error.claim === 'aud') return 'invalid_audience'
    return 'invalid_request'
  }
  if (error instanceof errors.JWKSNoMatchingKey) return 'invalid_key'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'authentication_failed'
  if (error instanceof errors.JOSEError) return 'invalid_request'
  /* Not the event's fault: the keys were unavailable or unusable. It may be sent again. */
  if (error instanceof ProtocolFailure || error instanceof TypeError) return 'invalid_key'
  throw error
}

function refused(status: number, reason: string): NoticeReading {
  return { ok: false, reason, answer: { status } }
}

function refusedEvent(err: string): NoticeReading {
  return { ok: false, reason: err, answer: { status: 400, body: { err, description: err } } }
}
