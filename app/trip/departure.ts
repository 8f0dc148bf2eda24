import type { HttpContext } from '@adonisjs/core/http'
import { retryOnConflict } from '#database/transaction'
import { userAgentOf } from '#auth/device'
import { ensureBrowserSecret } from '#auth/browser'
import { hashToken, randomToken } from '#crypto/random_token'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt, { type DepartureMarks, type Intent } from '#models/sign_in_attempt'
import { newPublicId } from '#crypto/public_id'
import { now } from '#time/clock'
import { browserMark, tripSecrets } from '#trip/browser_binding'
import { driverFor } from '#trip/driver_for'
import type { AuthorizeOptions } from '#protocol/driver'
import { asFailure, type FailureName } from '#trip/failure'
import type { Reconsent } from '#trip/reconsent'
import type { Next } from '#auth/next'

export type Departure = { ok: true; url: string } | { ok: false; failure: FailureName }

interface DepartureOptions {
  intent: Intent
  next: Next | null
  /** The attempt whose missing fields the provider is asked for again. */
  parent?: SignInAttempt | null
  /** Whose consent is asked for again, and for which items. */
  reconsent?: Reconsent | null
}

/**
 * Begins a trip: writes the attempt and returns the address at the provider.
 * Does not change who is signed in.
 */
export async function depart(
  ctx: HttpContext,
  provider: Provider,
  { intent, next, parent = null, reconsent = null }: DepartureOptions
): Promise<Departure> {
  if (!provider.isUsable) return { ok: false, failure: 'provider_off' }

  const credential = await provider.credentialInUse()
  const publicId = newPublicId()
  const missing = parent?.missingFields?.flatMap(({ askFor: item }) => item ?? []) ?? []
  const way = await wayOut(ctx, provider, credential, publicId, {
    askFor: reconsent?.items ?? missing,
    signInAgain: intent === 'reauthenticate',
  })
  if (!way.ok) return way

  const attempt = {
    ...way.marks,
    publicId,
    providerId: provider.id,
    credentialId: credential.id,
    intent,
    parentId: parent?.id ?? null,
    actorUserId: ctx.auth.user?.id ?? null,
    identityId: reconsent?.identity.id ?? null,
    next,
    steps: [],
  }
  /* Its foreign keys can collide with the locks of a rotation: a deadlock to MySQL. */
  await retryOnConflict(() => SignInAttempt.create(attempt))
  return { ok: true, url: way.url }
}

/**
 * Begins the trip of a trial with exactly the credential being tested, whether or not
 * that credential is in use or the provider is switched on.
 */
export async function departOnTrial(
  ctx: HttpContext,
  provider: Provider,
  trial: SignInAttempt
): Promise<Departure> {
  const credential = await ProviderCredential.find(trial.credentialId ?? 0)
  if (!credential || credential.status === 'revoked') {
    return { ok: false, failure: 'credential_revoked' }
  }
  const way = await wayOut(ctx, provider, credential, trial.publicId)
  if (!way.ok) return way
  if (!(await trial.leave(way.marks))) return { ok: false, failure: 'state_used' }
  return { ok: true, url: way.url }
}

type WayOut = { ok: true; url: string; marks: DepartureMarks } | Extract<Departure, { ok: false }>

/** The address at the provider, and what the attempt has to remember about it. */
async function wayOut(
  ctx: HttpContext,
  provider: Provider,
  credential: ProviderCredential,
  attemptPublicId: string,
  options: AuthorizeOptions = {}
): Promise<WayOut> {
  const browser = ensureBrowserSecret(ctx)
  const state = randomToken()

  /* Opens the secret although only the way back needs it: better to fail before the trip. */
  let url: string
  try {
    const secrets = tripSecrets(browser, state)
    url = await driverFor(provider, credential).authorizationUrl(secrets, options)
  } catch (error) {
    return { ok: false, failure: asFailure(error).failure }
  }

  const startedAt = now()
  const marks = {
    stateHash: hashToken(state),
    browserMark: browserMark(browser, attemptPublicId),
    locale: ctx.i18n.locale,
    startedAt,
    expiresAt: startedAt.plus(SignInAttempt.LIFETIME),
    ip: ctx.request.ip(),
    userAgent: userAgentOf(ctx.request),
  }
  return { ok: true, url, marks }
}
