import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { FinishTrip } from '#actions/trips/finish_trip'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import { noteSiteVersion } from '#site/present'
import { admit, readState } from '#trip/arrival'
import { ownAttempt } from '#trip/browser_binding'
import { conclude } from '#trip/conclusion'
import { depart } from '#trip/departure'
import { refuse } from '#trip/failure_notice'
import { chooseIntent } from '#trip/intent'
import { safeNext } from '#auth/next'
import { reconsentWish } from '#trip/reconsent'
import { mayAskAgain } from '#trip/required_fields'
import { fieldOf } from '#validators/field'

/** The one controller for every provider (docs/design.md#the-trip). It knows none by name. */
export default class SocialController {
  /**
   * `GET /user/login/social/:provider`, as from a bookmark: leads to the button, starts
   * nothing.
   */
  async create({ params, request, response }: HttpContext) {
    const next = safeNext(request.qs().next)
    const provider = await Provider.findBy('key', params.provider)
    const query = new URLSearchParams({
      ...(next && { next }),
      ...(provider?.hidden && { with: provider.key }),
    })
    return response.redirect(`/user/login${query.size > 0 ? `?${query}` : ''}`, false, 303)
  }

  /** `POST /user/login/social/:provider`: sends the browser to the provider. */
  async store(ctx: HttpContext) {
    const { params, request, response } = ctx
    const next = safeNext(request.input('next'))
    const choice = chooseIntent(ctx, request.input('intent'))
    const { intent } = choice
    if (!choice.ok) return refuse(ctx, choice.failure, { intent, shownOn: choice.shownOn, next })

    const provider = await Provider.withActiveCredential(params.provider)
    if (!provider) return refuse(ctx, 'provider_unknown', { intent, next })

    const failed = await ownAttempt(ctx, fieldOf(ctx, 'parent'))
    const parent = failed && isAskedAgain(failed.attempt, provider) ? failed.attempt : null
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
    const { params, response } = ctx
    response.header('Cache-Control', 'no-store')
    const query = new URLSearchParams(ctx.request.parsedUrl.query ?? '')
    const state = readState(query)
    const trip = await SignInAttempt.tripTo(params.provider, state.ok ? state.hash : null)
    if (!trip) return refuse(ctx, 'provider_unknown')

    noteSiteVersion(ctx, trip.siteVersion)
    const { provider } = trip
    const arrival = await admit(ctx, trip, state, query)
    const { attempt } = arrival
    if (!arrival.ok) return refuse(ctx, arrival.failure, { provider, attempt })
    return conclude(ctx, provider, arrival, finish)
  }
}

/** Whether this provider may be asked again for what an attempt at it lacked. */
function isAskedAgain(attempt: SignInAttempt, provider: Provider): boolean {
  const { failure, providerId } = attempt
  return failure === 'missing_fields' && providerId === provider.id && mayAskAgain(attempt)
}
