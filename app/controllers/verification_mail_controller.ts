import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ResendConfirmation } from '#actions/account/resend_confirmation'
import { browserHash } from '#auth/browser'
import { resendValidator } from '#validators/email_verification'
import { readForm, type FormState } from '#validators/form'

/** "Check your mail", with a button to send it again. */
export default class VerificationMailController {
  /** `GET /user/resend_verify_email`. Signing up and resending lead here, whatever they did. */
  async create(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /user/resend_verify_email` */
  @inject()
  async store(ctx: HttpContext, resend: ResendConfirmation) {
    const form = await readForm(ctx, resendValidator)
    if (!form.valid) return this.#show(ctx, form.form)

    await resend.handle(form.data.email, browserHash(ctx))
    return ctx.response.redirect('/user/resend_verify_email?sent=again', false, 303)
  }

  #show({ request, response, view }: HttpContext, form?: FormState) {
    const { sent } = request.qs()
    response.status(form ? 422 : 200).header('Cache-Control', 'no-store')
    return view.render('pages/verification_mail/create', {
      form,
      sent: !form && (sent === 'registration' || sent === 'again') ? sent : null,
    })
  }
}
