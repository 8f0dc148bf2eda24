import type { HttpContext } from '@adonisjs/core/http'
import { retryOnConflict } from '#database/transaction'
import { afterReauthentication } from '#auth/recent_sign_in'
import { hashToken } from '#crypto/random_token'
import { countSignIn } from '#metrics/sign_ins'
import type Provider from '#models/provider'
import type UserSession from '#models/user_session'
import type { Arrived } from '#trip/arrival'
import { ProtocolFailure } from '#protocol/failure'
import { refuse } from '#trip/failure_notice'
import { inquire } from '#trip/inquiry'
import { dataPage } from '#trip/reconsent'
import type { TripOutcome, Visit } from '#trip/visit'
import { keepWaiting, waitingPage } from '#trip/waiting'

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
  const { auth, response, session, i18n } = ctx
  const { attempt } = arrived
  const { next } = attempt
  const outcome = await outcomeOf(ctx, provider, arrived, finish)
  if (outcome.kind === 'waiting') {
    return response.redirect(waitingPage(provider, attempt), false, 303)
  }
  if (outcome.kind !== 'failed') {
    countSignIn({
      provider: provider.key,
      intent: attempt.intent,
      outcome: outcome.kind === 'signed_in' ? outcome.user.firstFactorOutcome : outcome.kind,
    })
  }

  switch (outcome.kind) {
    case 'signed_in': {
      const { user, identity } = outcome
      const path = await auth.use('web').login(user, { identity, attempt, next })
      return response.redirect(path, false, 303)
    }
    case 'linked':
      await auth.use('web').renew({ keepProof: true })
      session.flash('notice', i18n.t('failures.linked', { provider: provider.label }))
      return response.redirect('/account/sign_in_methods', false, 303)
    case 'reconsented':
      session.flash('notice', i18n.t('consents.renewed', { provider: provider.label }))
      return response.redirect(dataPage(outcome.identity), false, 303)
    case 'reauthenticated': {
      const path = await auth.use('web').reauthenticate(afterReauthentication(next))
      return response.redirect(path, false, 303)
    }
    case 'must_prove':
      return response.redirect('/user/login/prove', false, 303)
    case 'must_complete':
      return response.redirect('/user/login/complete', false, 303)
    case 'tried':
      return response.redirect(`/admin/trials/${attempt.publicId}`, false, 303)
    case 'failed':
      return refuse(ctx, outcome.failure, { provider, attempt })
  }
}

/** Asks the provider and decides; a failure along the way is an outcome too. */
async function outcomeOf(
  ctx: HttpContext,
  provider: Provider,
  arrived: Arrived,
  finish: Finish
): Promise<TripOutcome> {
  try {
    const inquiry = await inquire(provider, arrived)
    if (inquiry.kind === 'secret_awaited') {
      await keepWaiting(arrived, inquiry.tried)
      return { kind: 'waiting' }
    }
    const { profile, tokens, credential } = inquiry
    if (!arrived.attempt.isTrial) await retryOnConflict(() => credential.noteUse())
    const browserHash = hashToken(arrived.browser)
    const visit = { provider, attempt: arrived.attempt, profile, tokens, browserHash }
    return await finish.handle(visit, ctx.auth.use('web').session)
  } catch (error) {
    if (error instanceof ProtocolFailure) return { kind: 'failed', failure: error.failure }
    throw error
  }
}
