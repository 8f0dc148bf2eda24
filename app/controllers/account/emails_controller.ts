import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RequestEmailChange } from '#actions/account/request_email_change'
import { sentWords } from '#mails/sent_words'
import { emailChangeValidator } from '#validators/account'
import { readForm, type FormState } from '#validators/form'

export default class EmailsController {
  /** `GET /account/email` */
  async edit(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /account/email`: answers the same whether or not the address has an account. */
  @inject()
  async update(ctx: HttpContext, change: RequestEmailChange) {
    const { auth, response, session, i18n } = ctx
    const user = auth.getUserOrFail()
    const form = await readForm(ctx, emailChangeValidator)
    if (!form.valid) return this.#show(ctx, form.form)

    const { email } = form.data
    if (email === user.email) {
      const errors = { email: i18n.t('account.email.same') }
      return this.#show(ctx, { values: { email }, errors })
    }
    await change.handle(auth.use('web').session!, email)
    session.flash('notice', i18n.t(sentWords('account.email.asked'), { email }))
    return response.redirect('/account', false, 303)
  }

  #show({ auth, response, view }: HttpContext, form?: FormState) {
    if (form) response.status(422)
    return view.render('pages/account/email', { form, user: auth.getUserOrFail() })
  }
}
