import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { PassSecondFactor } from '#actions/second_factor/pass_second_factor'
import { countSignIn } from '#metrics/sign_ins'
import type WaitingSignIn from '#models/waiting_sign_in'
import { refuse } from '#trip/failure_notice'
import { safeNext } from '#auth/next'
import type { FormState } from '#validators/form'
import { readSecondFactor, secondFactorComplaint } from '#validators/second_factor'

/** The second half of a sign-in, however the first half was done. */
export default class SecondFactorController {
  /** `GET /user/login/second_factor` */
  async create(ctx: HttpContext) {
    const waiting = await ctx.auth.use('web').waiting()
    return waiting ? this.#show(ctx, waiting) : this.#gone(ctx)
  }

  /** `POST /user/login/second_factor`: the app's digits, or a recovery code. */
  @inject()
  async store(ctx: HttpContext, pass: PassSecondFactor) {
    const { auth, response, i18n } = ctx
    const guard = auth.use('web')
    const waiting = await guard.waiting()
    if (!waiting) return this.#gone(ctx)
    const form = await readSecondFactor(ctx)
    if (!form.valid) return this.#show(ctx, waiting, form.form)

    const outcome = await pass.handle(waiting, form.data)
    switch (outcome.kind) {
      case 'signed_in': {
        const path = await guard.loginBySecondFactor(outcome.user, outcome)
        const provider = outcome.identity?.provider?.key ?? 'password'
        countSignIn({ provider, intent: 'sign_in', outcome: outcome.kind })
        return response.redirect(path, false, 303)
      }
      case 'refused': {
        const failure = `second_factor_${outcome.check.kind}`
        countSignIn({ provider: 'none', intent: 'sign_in', outcome: 'failed', failure })
        if (outcome.triesLeft === 0) return refuse(ctx, 'second_factor_gone', waiting)
        return this.#show(ctx, waiting, secondFactorComplaint(form.data, outcome.check, i18n))
      }
      case 'gone':
        return this.#gone(ctx, waiting.next)
    }
  }

  /** A second press finds the work of the first one done, and goes to the same place. */
  #gone(ctx: HttpContext, next = safeNext(ctx.request.input('next'))) {
    return ctx.auth.isAuthenticated
      ? ctx.response.redirect(next ?? '/', false, 303)
      : refuse(ctx, 'second_factor_gone', { next })
  }

  #show({ response, view }: HttpContext, { next }: WaitingSignIn, form?: FormState) {
    response.status(form ? 422 : 200).header('Cache-Control', 'no-store')
    return view.render('pages/second_factor/create', { form, next })
  }
}
