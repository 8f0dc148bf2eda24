import type { HttpContext } from '@adonisjs/core/http'
import { retryOnConflict } from '#database/transaction'
import { safeNext } from '#auth/next'
import { afterReauthentication } from '#auth/recent_sign_in'
import { hashToken } from '#crypto/random_token'
import { countSignIn } from '#metrics/sign_ins'
import type Provider from '#models/provider'
import type UserSession from '#models/user_session'
import type { Arrived } from '#trip/arrival'
import { ProtocolFailure } from '#protocol/failure'
import { siteFor } from '#site/present'
import { refuse } from '#trip/failure_notice'
import { inquire } from '#trip/inquiry'
import { dataPage } from '#trip/reconsent'
import type { TripOutcome, Visit } from '#trip/visit'
import { keepWaiting, waitingPage } from '#trip/waiting'

const SIGN_IN_METHODS = safeNext('/account/sign_in_methods')!

/** Does what a trip was made for (`actions/trips/finish_trip.ts`). */
interface Finish {
  handle(visit: Visit, session: UserSession | undefined): Promise<TripOutcome>
}

/** Ends a trip whose browser is back, and redirects it to the page that fits the outcome. */
export async function conclude(
  ctx: HttpContext,
  provider: Provider,
  arrived: Arrived,
  finish: Finish
) {
  const { attempt } = arrived
  const outcome = await outcomeOf(ctx, provider, arrived, finish)
  if (outcome.kind === 'failed') return refuse(ctx, outcome.failure, { provider, attempt })

  const path = await pathAfter(ctx, provider, arrived, outcome)
  /* Not before: nobody is signed in until the guard has said so. */
  if (outcome.kind !== 'waiting') {
    countSignIn({
      provider: provider.key,
      intent: attempt.intent,
      outcome: outcome.kind === 'signed_in' ? outcome.user.firstFactorOutcome : outcome.kind,
    })
  }
  return ctx.response.redirect(path, false, 303)
}

/** Lets the guard do what follows from the outcome; returns where the browser goes now. */
async function pathAfter(
  { auth, session, i18n }: HttpContext,
  provider: Provider,
  { attempt }: Arrived,
  outcome: Exclude<TripOutcome, { kind: 'failed' }>
): Promise<string> {
  const guard = auth.use('web')
  switch (outcome.kind) {
    case 'signed_in':
      return guard.login(outcome.user, outcome)
    case 'linked':
      await guard.renew({ keepProof: true, next: SIGN_IN_METHODS })
      session.flash('notice', i18n.t('failures.linked', { provider: provider.label }))
      return SIGN_IN_METHODS
    case 'reconsented':
      session.flash('notice', i18n.t('consents.renewed', { provider: provider.label }))
      return dataPage(outcome.identity)
    case 'reauthenticated':
      return guard.reauthenticate(afterReauthentication(attempt.next))
    case 'must_prove':
      return '/user/login/prove'
    case 'must_complete':
      return '/user/login/complete'
    case 'tried':
      return `/admin/trials/${attempt.publicId}`
    case 'waiting':
      return waitingPage(provider, attempt)
  }
}

/** Asks the provider and decides; a failure along the way is an outcome too. */
async function outcomeOf(
  ctx: HttpContext,
  provider: Provider,
  arrived: Arrived,
  finish: Finish
): Promise<TripOutcome> {
  const { attempt, browser } = arrived
  try {
    const inquiry = await inquire(provider, arrived)
    if (inquiry.kind === 'secret_awaited') {
      await keepWaiting(arrived, inquiry.tried)
      return { kind: 'waiting' }
    }
    const { profile, tokens, credential } = inquiry
    if (!attempt.isTrial) await retryOnConflict(() => credential.noteUse())
    const site = await siteFor(ctx)
    const visit = { provider, attempt, profile, tokens, browserHash: hashToken(browser), site }
    return await finish.handle(visit, ctx.auth.use('web').session)
  } catch (error) {
    if (error instanceof ProtocolFailure) return { kind: 'failed', failure: error.failure }
    throw error
  }
}
