import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RequestEmailChange } from '#actions/request_email_change'

/** An address that a provider showed and did not vouch for: offer to confirm it. */
export default class EmailProofsController {
  /** `POST /account/email/proof`; `identity` names whose address it is. */
  @inject()
  async store({ auth, request, response, session, i18n }: HttpContext, ask: RequestEmailChange) {
    const user = auth.getUserOrFail()
    const identity = await user
      .related('identities')
      .query()
      .where('publicId', String(request.input('identity', '')))
      .firstOrFail()

    if (user.email === null && identity.email !== null) {
      await ask.handle(user, identity.email)
      session.flash('notice', i18n.t('account.email.asked', { email: identity.email }))
    }
    return response.redirect('/account', false, 303)
  }
}
