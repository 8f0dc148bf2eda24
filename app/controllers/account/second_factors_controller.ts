import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { BeginSecondFactor } from '#actions/second_factor/begin_second_factor'
import { RemoveSecondFactor } from '#actions/second_factor/remove_second_factor'
import { actorOf } from '#audit/actor'
import RecoveryCode from '#models/recovery_code'
import SiteSetting from '#models/site_setting'
import type { FormState } from '#validators/form'
import { readSecondFactor, secondFactorComplaint } from '#validators/second_factor'

const HERE = '/account/second_factor'

export default class SecondFactorsController {
  /** `GET /account/second_factor` */
  async show(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /account/second_factor`: starts setting one up. */
  @inject()
  async store({ auth, response, session, i18n }: HttpContext, begin: BeginSecondFactor) {
    const beginning = await begin.handle(auth.use('web').session!)
    if (beginning === 'begun') return response.redirect(`${HERE}/setup`, false, 303)
    session.flash('problem', i18n.t('second_factor.on_already'))
    return response.redirect(HERE, false, 303)
  }

  /** `POST /account/second_factor/remove`, which requires a code. */
  @inject()
  async destroy(ctx: HttpContext, remove: RemoveSecondFactor) {
    const { auth, response, session, i18n } = ctx
    const guard = auth.use('web')
    const form = await readSecondFactor(ctx)
    if (!form.valid) return this.#show(ctx, form.form)

    const removal = await remove.handle(guard.session!, form.data, actorOf(ctx))
    switch (removal.kind) {
      case 'removed':
        await guard.renew({ keepProof: true })
        session.flash('notice', i18n.t('second_factor.switched_off'))
        return response.redirect(HERE, false, 303)
      case 'off_already':
        session.flash('problem', i18n.t('second_factor.off_already'))
        return response.redirect(HERE, false, 303)
      default:
        return this.#show(ctx, secondFactorComplaint(form.data, removal, i18n))
    }
  }

  async #show({ auth, response, view }: HttpContext, form?: FormState) {
    const user = auth.getUserOrFail()
    if (form) response.status(422)
    return view.render('pages/account/second_factor', {
      form,
      user,
      codesLeft: user.hasSecondFactor ? await RecoveryCode.countOf(user) : 0,
      isRequired: user.isAdmin && (await SiteSetting.read('requireSecondFactor')),
    })
  }
}
