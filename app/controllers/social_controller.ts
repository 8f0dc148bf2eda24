import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { FinishTrip } from '#actions/finish_trip'
import { untilUnique } from '#actions/until_unique'
import { ensureBrowserSecret } from '#auth/browser'
import { hashToken } from '#auth/random_token'
import { countSignIn } from '#metrics/sign_ins'
import Provider from '#models/provider'
import { admit, type Arrived } from '#social/arrival'
import { depart, ownAttempt } from '#social/departure'
import { SocialFailure } from '#social/failure'
import { refuse } from '#social/failure_notice'
import { inquire } from '#social/inquiry'
import { chooseIntent } from '#social/intent'
import { safeNext } from '#social/next'
import { dataPage, reconsentWish } from '#social/reconsent'
import { mayAskAgain } from '#social/required_fields'
import type { TripOutcome } from '#social/visit'

/** The one controller for every provider (design.md §3). It knows none by name. */
export default class SocialController {
  /** `POST /user/login/social/:provider`: sends the browser to the provider. */
  async store(ctx: HttpContext) {
    const { params, request, response } = ctx
    const next = safeNext(request.input('next'))
    const choice = chooseIntent(ctx, request.input('intent'))
    if (!choice.ok) return refuse(ctx, choice.failure, { intent: choice.intent, next })

    const { intent } = choice
    const provider = await Provider.findBy('key', params.provider)
    if (!provider) return refuse(ctx, 'provider_unknown', { intent, next })

    const failed = await ownAttempt(ctx, request.input('parent'))
    const isAskedAgain =
      failed?.failure === 'missing_fields' &&
      failed.providerId === provider.id &&
      mayAskAgain(failed)
    const parent = isAskedAgain ? failed : null
    const reconsent = intent === 'reconsent' ? await reconsentWish(ctx, provider) : null
    if (intent === 'reconsent' && !reconsent) {
      return refuse(ctx, 'identity_of_another', { intent, provider, next })
    }
    const departure = await depart(ctx, provider, { intent, next, parent, reconsent })
    if (!departure.ok) return refuse(ctx, departure.failure, { intent, provider, next })
    return response.redirect(departure.url, false, 303)
  }

  /** `GET /user/login/social/:provider/callback`: the browser comes back. */
  @inject()
  async show(ctx: HttpContext, finish: FinishTrip) {
    const { auth, params, response, session, i18n } = ctx
    response.header('Cache-Control', 'no-store')
    const provider = await Provider.findBy('key', params.provider)
    if (!provider) return refuse(ctx, 'provider_unknown')

    const arrival = await admit(ctx, provider)
    const { attempt } = arrival
    if (!arrival.ok) return refuse(ctx, arrival.failure, { provider, attempt })

    const outcome = await this.#finish(ctx, provider, arrival, finish)
    const next = attempt?.next
    if (outcome.kind !== 'failed') {
      countSignIn({
        provider: provider.key,
        intent: arrival.attempt.intent,
        outcome: outcome.kind === 'signed_in' ? outcome.user.firstFactorOutcome : outcome.kind,
      })
    }
    switch (outcome.kind) {
      case 'signed_in': {
        const { user, identity } = outcome
        const path = await auth.use('web').login(user, { identity, attempt: arrival.attempt, next })
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
        const path = await auth.use('web').reauthenticate(next ?? '/account')
        return response.redirect(path, false, 303)
      }
      case 'must_prove':
        return response.redirect('/user/login/prove', false, 303)
      case 'must_complete':
        return response.redirect('/user/login/complete', false, 303)
      case 'tried':
        return response.redirect(`/admin/trials/${arrival.attempt.publicId}`, false, 303)
      case 'failed':
        return refuse(ctx, outcome.failure, { provider, attempt })
    }
  }

  /** Asks the provider and decides; a failure on the way is an outcome as well. */
  async #finish(
    ctx: HttpContext,
    provider: Provider,
    arrival: Arrived,
    finish: FinishTrip
  ): Promise<TripOutcome> {
    try {
      const { profile, tokens, credential } = await inquire(ctx, provider, arrival)
      if (!arrival.attempt.isTrial) await untilUnique(() => credential.noteUse())
      const browserHash = hashToken(ensureBrowserSecret(ctx))
      const visit = { provider, attempt: arrival.attempt, profile, tokens, browserHash }
      return await finish.handle(visit, ctx.auth.user?.id ?? null)
    } catch (error) {
      if (error instanceof SocialFailure) return { kind: 'failed', failure: error.failure }
      throw error
    }
  }
}
