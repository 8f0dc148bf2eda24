import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ScheduleWithdrawal } from '#actions/account/schedule_withdrawal'
import { inSession } from '#auth/in_session'

/** Leaving in 24 hours, for people who cannot prove their identity here. */
export default class ScheduledWithdrawalsController {
  /** `POST /account/withdrawal/schedule` */
  @inject()
  async store({ auth, response, session, i18n }: HttpContext, schedule: ScheduleWithdrawal) {
    const guard = auth.use('web')
    const outcome = await schedule.handle(guard.getUserOrFail(), guard.session!)
    switch (outcome.kind) {
      case 'scheduled':
        session.flash('notice', i18n.t('account.withdrawal.scheduled'))
        break
      case 'last_administrator':
        session.flash('problem', i18n.t('account.withdrawal.last_administrator'))
        break
      case 'not_needed':
        session.flash('problem', i18n.t('account.withdrawal.not_needed'))
        break
    }
    return response.redirect('/account/withdrawal', false, 303)
  }

  /** `POST /account/withdrawal/cancel` */
  async destroy({ auth, response, session, i18n }: HttpContext) {
    await inSession(auth.use('web').session!, (user) => user.cancelWithdrawal())
    session.flash('notice', i18n.t('account.withdrawal.cancelled'))
    return response.redirect('/account', false, 303)
  }
}
