import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SendSignInCode } from '#actions/account/send_sign_in_code'
import { ensureBrowserSecret } from '#auth/browser'
import { sentWords } from '#mails/sent_words'
import { afterReauthentication, reauthenticationPage } from '#auth/recent_sign_in'

export default class SignInCodesController {
  /** `POST /account/reauthenticate/code/send`: six digits to the proved address. */
  @inject()
  async store(ctx: HttpContext, send: SendSignInCode) {
    const { auth, request, response, session, i18n } = ctx
    const outcome = await send.handle(auth.use('web').session!, {
      browser: ensureBrowserSecret(ctx),
      locale: i18n.locale,
    })
    const words = `account.reauthenticate.code.${outcome}`
    if (outcome === 'sent') session.flash('notice', i18n.t(sentWords(words)))
    else session.flash('problem', i18n.t(words))
    const next = afterReauthentication(request.input('next'))
    return response.redirect(reauthenticationPage(next), false, 303)
  }
}
