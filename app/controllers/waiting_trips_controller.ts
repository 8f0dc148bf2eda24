import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { FinishTrip } from '#actions/trips/finish_trip'
import Provider from '#models/provider'
import WaitingCode from '#models/waiting_code'
import { conclude } from '#trip/conclusion'
import { ownAttempt } from '#trip/browser_binding'
import { refuse } from '#trip/failure_notice'
import { resume, waitingPage } from '#trip/waiting'

/* How often a browser checks whether it can go on, in seconds. */
const LOOK_EVERY = 2

/** Trips that have come back and wait for a secret that is on its way. */
export default class WaitingTripsController {
  /** Shows that it waits, and goes on as soon as the secret is there. */
  @inject()
  async show(ctx: HttpContext, finish: FinishTrip) {
    ctx.response.header('Cache-Control', 'no-store')
    const { provider, own } = await this.#tripOf(ctx)
    if (!provider || !own) return refuse(ctx, 'state_unknown')

    const arrival = await resume(provider, own)
    if (arrival === null) {
      return ctx.view.render('pages/waiting_trip/show', {
        provider: provider.label,
        page: waitingPage(provider, own.attempt),
        lookEvery: LOOK_EVERY,
      })
    }
    if (!arrival.ok) return refuse(ctx, arrival.failure, { provider, attempt: arrival.attempt })
    return conclude(ctx, provider, arrival, finish)
  }

  /** The person chose not to wait. */
  async destroy(ctx: HttpContext) {
    const { provider, own } = await this.#tripOf(ctx)
    if (!provider || !own) return refuse(ctx, 'state_unknown')
    const { attempt } = own
    const waiting = await WaitingCode.of(attempt)
    if (waiting && (await waiting.forget())) return refuse(ctx, 'cancelled', { provider, attempt })
    /* It is going on at this moment, or is over; the page knows. */
    return ctx.response.redirect(waitingPage(provider, attempt), false, 303)
  }

  /** Finds the trip only for the browser that began it. */
  async #tripOf(ctx: HttpContext) {
    const provider = await Provider.findBy('key', ctx.params.provider)
    const own = await ownAttempt(ctx, ctx.params.id)
    return { provider, own: own?.attempt.providerId === provider?.id ? own : null }
  }
}
