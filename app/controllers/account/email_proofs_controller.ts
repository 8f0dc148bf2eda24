import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RequestEmailChange } from '#actions/account/request_email_change'
import { sentWords } from '#mails/sent_words'
import { fieldOf } from '#validators/field'

/** Offers to confirm an address that a provider showed but did not vouch for. */
export default class EmailProofsController {
  /** `POST /account/email/proof`; `identity` says which identity's address it is. */
  @inject()
  async store(ctx: HttpContext, ask: RequestEmailChange) {
    const { auth, response, session, i18n } = ctx
    const user = auth.getUserOrFail()
    const identity = await user
      .related('identities')
      .query()
      .where('publicId', fieldOf(ctx, 'identity'))
      .firstOrFail()

    if (user.email === null && identity.email !== null) {
      await ask.handle(auth.use('web').session!, identity.email)
      session.flash('notice', i18n.t(sentWords('account.email.asked'), { email: identity.email }))
    }
    return response.redirect('/account', false, 303)
  }
}
