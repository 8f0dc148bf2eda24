import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SendTrialMail } from '#actions/mails/send_trial_mail'
import { actorOf } from '#audit/actor'

/** Whether mails go out. */
export default class TrialMailsController {
  @inject()
  async store(ctx: HttpContext, send: SendTrialMail) {
    const { auth, response, session, i18n } = ctx
    const user = auth.getUserOrFail()
    const { kind, ...details } = await send.handle(user, actorOf(ctx))
    session.flash(
      kind === 'sent' ? 'notice' : 'problem',
      i18n.t(`admin_mails.trial.${kind}`, { email: user.email ?? '', ...details })
    )
    return response.redirect('/admin/mails', false, 303)
  }
}
