import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { userAgentOf } from '#auth/device'
import { ChangePassword } from '#actions/passwords/change_password'
import { ConfirmPassword } from '#actions/passwords/confirm_password'
import { RemovePassword } from '#actions/passwords/remove_password'
import { safeNext } from '#auth/next'
import { reauthenticationPage } from '#auth/recent_sign_in'
import { firstPasswordValidator, passwordChangeValidator } from '#validators/account'
import { readForm, type FormState } from '#validators/form'

const HERE = safeNext('/account/password')

export default class PasswordsController {
  /** `GET /account/password` */
  async edit(ctx: HttpContext) {
    return this.#mustProveFirst(ctx)
      ? ctx.response.redirect(reauthenticationPage(HERE), false, 303)
      : this.#show(ctx)
  }

  /** `POST /account/password`: sets a first one, or changes it when the current one is given. */
  @inject()
  async update(ctx: HttpContext, confirm: ConfirmPassword, change: ChangePassword) {
    const { auth, request, response, session, i18n } = ctx
    const user = auth.getUserOrFail()
    const guard = auth.use('web')
    if (this.#mustProveFirst(ctx)) {
      return response.redirect(reauthenticationPage(HERE, { unchanged: true }), false, 303)
    }
    if (user.email === null) return this.#show(ctx)

    const isFirst = user.password === null
    const validator = isFirst ? firstPasswordValidator : passwordChangeValidator
    const form = await readForm(ctx, validator as typeof passwordChangeValidator, {
      meta: { personal: [user.email, user.name] },
    })
    if (!form.valid) return this.#show(ctx, form.form)

    if (!isFirst) {
      const confirmation = await confirm.handle(user, {
        password: form.data.currentPassword,
        ip: request.ip(),
        userAgent: userAgentOf(request),
        locale: i18n.locale,
      })
      if (confirmation !== 'confirmed') {
        const currentPassword = i18n.t(`account.reauthenticate.password.${confirmation}`)
        return this.#show(ctx, { values: {}, errors: { currentPassword } })
      }
    }

    const outcome = await change.handle(user, form.data.password, guard.session!)
    /* With two factors, the password is only one of them. */
    if (outcome === 'changed') await guard.renew({ keepProof: user.hasSecondFactor })
    const say = outcome === 'stale' ? outcome : isFirst ? 'set' : 'changed'
    session.flash(outcome === 'changed' ? 'notice' : 'problem', i18n.t(`account.password.${say}`))
    return response.redirect('/account', false, 303)
  }

  /** `POST /account/password/remove` */
  @inject()
  async destroy({ auth, response, session, i18n }: HttpContext, remove: RemovePassword) {
    const guard = auth.use('web')
    const outcome = await remove.handle(guard.session!)
    if (outcome === 'removed') await guard.renew({ keepProof: true })
    const isRefused = outcome === 'last_way_in'
    session.flash(
      isRefused ? 'problem' : 'notice',
      i18n.t(isRefused ? 'account.methods.last_way_in' : 'account.password.removed')
    )
    return response.redirect('/account/sign_in_methods', false, 303)
  }

  /** The current password is proof enough, unless there is none yet or a second factor is on. */
  #mustProveFirst({ auth }: HttpContext) {
    const user = auth.getUserOrFail()
    return (user.password === null || user.hasSecondFactor) && !auth.use('web').requireRecent()
  }

  #show({ auth, response, view }: HttpContext, form?: FormState) {
    if (form) response.status(422)
    return view.render('pages/account/password', { form, user: auth.getUserOrFail() })
  }
}
