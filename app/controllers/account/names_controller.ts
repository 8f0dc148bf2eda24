import type { HttpContext } from '@adonisjs/core/http'
import { inSession } from '#auth/in_session'
import { nameValidator } from '#validators/account'
import { readForm, type FormState } from '#validators/form'

export default class NamesController {
  /** `GET /account/name` */
  async edit(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /account/name`: from then on no provider changes it. */
  async update(ctx: HttpContext) {
    const { auth, response, session, i18n } = ctx
    const form = await readForm(ctx, nameValidator)
    if (!form.valid) return this.#show(ctx, form.form)

    await inSession(auth.use('web').session!, (user) =>
      user.merge({ name: form.data.name, nameSetHere: true }).save()
    )
    session.flash('notice', i18n.t('account.name.changed'))
    return response.redirect('/account', false, 303)
  }

  #show({ auth, response, view }: HttpContext, form?: FormState) {
    if (form) response.status(422)
    return view.render('pages/account/name', { form, user: auth.getUserOrFail() })
  }
}
