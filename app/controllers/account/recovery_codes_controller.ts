import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RenewRecoveryCodes } from '#actions/second_factor/renew_recovery_codes'
import { actorOf } from '#audit/actor'

export default class RecoveryCodesController {
  /** `POST /account/second_factor/recovery_codes`: ten new ones, shown only this once. */
  @inject()
  async store(ctx: HttpContext, renew: RenewRecoveryCodes) {
    const { auth, response, session, view, i18n } = ctx
    const recoveryCodes = await renew.handle(auth.use('web').session!, actorOf(ctx))
    if (recoveryCodes) {
      return view.render('pages/account/recovery_codes', { recoveryCodes, isNew: false })
    }
    session.flash('problem', i18n.t('second_factor.off_already'))
    return response.redirect('/account/second_factor', false, 303)
  }
}
