import { errors, inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { TickSetUpStep } from '#actions/providers/tick_set_up_step'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'
import { consoleSteps } from '#set_up/set_up_guide'

/** The steps of the set-up guide that an administrator ticks off. */
@inject()
export default class SetUpTicksController {
  constructor(private tickSetUpStep: TickSetUpStep) {}

  store(ctx: HttpContext) {
    return this.#tick(ctx, true)
  }

  destroy(ctx: HttpContext) {
    return this.#tick(ctx, false)
  }

  async #tick(ctx: HttpContext, isDone: boolean) {
    const { params, request, response } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const step = consoleSteps(provider).find(({ name }) => name === params.step)
    if (!step) throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])

    await this.tickSetUpStep.handle(provider, step.name, isDone, actorOf(ctx))
    return response.redirect(`/admin/providers/${provider.publicId}#guide`, false, 303)
  }
}
