import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ProveSecondFactor } from '#actions/second_factor/prove_second_factor'
import { afterReauthentication, reauthenticationPage } from '#auth/recent_sign_in'
import type { FormState } from '#validators/form'
import { readSecondFactor, secondFactorComplaint } from '#validators/second_factor'

/** "Is it still you?", second half: asks for the second factor once the first has been given. */
export default class SecondFactorProofsController {
  /** `GET /account/reauthenticate/second_factor` */
  async create(ctx: HttpContext) {
    return this.#isDue(ctx) ? this.#show(ctx) : this.#fromTheStart(ctx)
  }

  /** `POST /account/reauthenticate/second_factor` */
  @inject()
  async store(ctx: HttpContext, prove: ProveSecondFactor) {
    const { auth, request, response, i18n } = ctx
    const next = afterReauthentication(request.input('next'))
    if (!this.#isDue(ctx)) return this.#fromTheStart(ctx)
    const form = await readSecondFactor(ctx)
    if (!form.valid) return this.#show(ctx, form.form)

    const guard = auth.use('web')
    const check = await prove.handle(guard.session!, form.data)
    switch (check.kind) {
      case 'right':
        await guard.renew({ proved: guard.getUserOrFail(), next })
        return response.redirect(next, false, 303)
      case 'not_due':
        return this.#fromTheStart(ctx)
      default:
        return this.#show(ctx, secondFactorComplaint(form.data, check, i18n))
    }
  }

  #isDue({ auth }: HttpContext) {
    const { user, session } = auth.use('web')
    return user!.hasSecondFactor && session!.awaitsSecondFactor
  }

  #fromTheStart({ request, response }: HttpContext) {
    const next = afterReauthentication(request.input('next'))
    return response.redirect(reauthenticationPage(next), false, 303)
  }

  #show({ request, response, view }: HttpContext, form?: FormState) {
    if (form) response.status(422)
    const next = afterReauthentication(request.input('next'))
    return view.render('pages/account/reauthenticate_second_factor', { form, next })
  }
}
