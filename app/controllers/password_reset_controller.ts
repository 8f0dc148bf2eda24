import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SendPasswordReset } from '#actions/passwords/send_password_reset'
import { ResetPassword } from '#actions/passwords/reset_password'
import { rememberBrowser } from '#auth/known_browser'
import AccountToken from '#models/account_token'
import { readForm, type FormState } from '#validators/form'
import { forgotPasswordValidator, newPasswordValidator } from '#validators/password_reset'

export default class PasswordResetController {
  /** `GET /user/password/forgot` */
  async create(ctx: HttpContext) {
    return this.#page(ctx, 'create', 200, { sent: ctx.request.qs().sent === 'yes' })
  }

  /** `POST /user/password/forgot`: answers the same for every address. */
  @inject()
  async store(ctx: HttpContext, send: SendPasswordReset) {
    const form = await readForm(ctx, forgotPasswordValidator)
    if (!form.valid) return this.#page(ctx, 'create', 422, { form: form.form })

    await send.handle(form.data.email)
    return ctx.response.redirect('/user/password/forgot?sent=yes', false, 303)
  }

  /** `GET /user/password/reset/:token` */
  async edit(ctx: HttpContext) {
    const token = await AccountToken.findAlive('reset_password', ctx.params.token)
    return token ? this.#choose(ctx, token) : this.#gone(ctx)
  }

  /** `POST /user/password/reset/:token`: sets the password and signs nobody in. */
  @inject()
  async update(ctx: HttpContext, reset: ResetPassword) {
    const { response, session, i18n } = ctx
    const token = await AccountToken.findAlive('reset_password', ctx.params.token)
    if (!token) return this.#gone(ctx)

    const personal = [token.user.email, token.user.name]
    const form = await readForm(ctx, newPasswordValidator, { meta: { personal } })
    if (!form.valid) return this.#choose(ctx, token, form.form)

    const outcome = await reset.handle(token, {
      password: form.data.password,
      disconnectAll: Boolean(form.data.disconnectAll),
    })
    switch (outcome.kind) {
      case 'reset':
        /* People who can read the owner's mail are not locked out by guesses made elsewhere. */
        rememberBrowser(ctx, outcome.user)
        session.flash('notice', i18n.t('password_reset.done'))
        return response.redirect('/user/login', false, 303)
      case 'gone':
        return this.#gone(ctx)
    }
  }

  async #choose(ctx: HttpContext, { email, user }: AccountToken, form?: FormState) {
    const identities = await user.related('identities').query().preload('provider')
    const connected = identities.map(({ provider }) => provider?.label).filter(Boolean)
    return this.#page(ctx, 'edit', form ? 422 : 200, { form, email, connected })
  }

  #gone(ctx: HttpContext) {
    return this.#page(ctx, 'gone', 410)
  }

  #page({ request, response, view }: HttpContext, name: string, status: number, props = {}) {
    response.status(status).header('Cache-Control', 'no-store')
    /* The page's address is a secret. */
    response.header('Referrer-Policy', 'no-referrer')
    return view.render(`pages/password_reset/${name}`, { action: request.url(), ...props })
  }
}
