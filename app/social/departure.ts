import type { HttpContext } from '@adonisjs/core/http'
import { untilUnique } from '#actions/until_unique'
import { userAgentOf } from '#auth/device'
import { browserSecret, ensureBrowserSecret } from '#auth/browser'
import { hashToken, keyedHash, randomToken, sameText } from '#auth/random_token'
import type Provider from '#models/provider'
import { SecretUnreadable } from '#models/sealed'
import SignInAttempt, { type Intent } from '#models/sign_in_attempt'
import { newPublicId } from '#models/public_id'
import { now } from '#models/clock'
import { driverFor } from '#social/driver_for'
import type { TripSecrets } from '#social/driver'
import type { FailureName } from '#social/failure'

export type Departure = { ok: true; url: string } | { ok: false; failure: FailureName }

interface DepartureOptions {
  intent: Intent
  next: string | null
  /** The attempt after which the provider is asked for missing fields again. */
  parent?: SignInAttempt | null
}

/** The mark by which an attempt knows its browser; of no use without the browser's secret. */
export function browserMark(secret: string, attemptPublicId: string): string {
  return keyedHash(secret, `attempt:${attemptPublicId}`)
}

/**
 * The secrets of a trip. The PKCE verifier comes from the browser's cookie and
 * the state, so any number of tabs need no cookie of their own, and the
 * database holds neither.
 */
export function tripSecrets(browser: string, state: string): TripSecrets {
  return { state, codeVerifier: keyedHash(browser, `pkce:${state}`) }
}

/**
 * Begins a trip: writes the attempt and gives the address at the provider.
 * Nothing about who is signed in changes here.
 */
export async function depart(
  ctx: HttpContext,
  provider: Provider,
  { intent, next, parent = null }: DepartureOptions
): Promise<Departure> {
  if (!provider.isUsable) return { ok: false, failure: 'provider_off' }

  const credential = await provider.related('activeCredential').query().firstOrFail()
  const browser = ensureBrowserSecret(ctx)
  const state = randomToken()
  const publicId = newPublicId()

  let url: string
  try {
    const driver = driverFor(ctx, provider, credential, tripSecrets(browser, state))
    const askFor = parent?.missingFields?.flatMap(({ askFor: item }) => item ?? []) ?? []
    url = await driver.authorizationUrl({ askFor, signInAgain: intent === 'reauthenticate' })
  } catch (error) {
    if (error instanceof SecretUnreadable) return { ok: false, failure: 'secret_unreadable' }
    throw error
  }

  const startedAt = now()
  const attempt = {
    publicId,
    stateHash: hashToken(state),
    browserHash: browserMark(browser, publicId),
    providerId: provider.id,
    credentialId: credential.id,
    intent,
    parentId: parent?.id ?? null,
    actorUserId: ctx.auth.user?.id ?? null,
    next,
    locale: ctx.i18n.locale,
    startedAt,
    expiresAt: startedAt.plus(SignInAttempt.LIFETIME),
    steps: [],
    ip: ctx.request.ip(),
    userAgent: userAgentOf(ctx.request),
  }
  /* Its foreign keys meet the locks of a rotation, which MySQL calls a deadlock. */
  await untilUnique(() => SignInAttempt.create(attempt))
  return { ok: true, url }
}

/**
 * The attempt with this public id, if it was made in this very browser; for a
 * page that continues where a trip ended.
 */
export async function ownAttempt(ctx: HttpContext, publicId: unknown) {
  const browser = browserSecret(ctx)
  if (browser === null || typeof publicId !== 'string') return null
  const attempt = await SignInAttempt.findBy('publicId', publicId)
  return attempt?.browserHash && sameText(attempt.browserHash, browserMark(browser, publicId))
    ? attempt
    : null
}
