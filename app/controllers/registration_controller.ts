import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { Register } from '#actions/account/register'
import { ensureBrowserSecret } from '#auth/browser'
import { hashToken } from '#crypto/random_token'
import { type Next, safeNext } from '#auth/next'
import { askedOfNewcomers } from '#duties/agreed'
import { askedInWords, readAnswer } from '#duties/form'
import { socialPanel } from '#trip/panel'
import { siteFor } from '#site/present'
import { formAgain, hintedForm, readForm, type FormState } from '#validators/form'
import { registrationValidator } from '#validators/registration'

export default class RegistrationController {
  /** `GET /user/create` */
  async create(ctx: HttpContext) {
    return this.#show(ctx, safeNext(ctx.request.qs().next))
  }

  /** `POST /user/create`: answers the same whether or not the address is taken. */
  @inject()
  async store(ctx: HttpContext, register: Register) {
    const next = safeNext(ctx.request.input('next'))
    const site = await siteFor(ctx)
    if (!site.signUp || !site.emailSignUp) return this.#show(ctx, next, formAgain(ctx))
    const form = await readForm(ctx, registrationValidator)
    const answer = readAnswer(ctx, askedOfNewcomers(site))
    if (!form.valid || !answer.ok) {
      const errors = { ...(!form.valid && form.form.errors), ...(!answer.ok && answer.errors) }
      return this.#show(ctx, next, { ...formAgain(ctx), errors })
    }

    await register.handle({
      ...form.data,
      agreed: answer.agreed,
      browserHash: hashToken(ensureBrowserSecret(ctx)),
      locale: ctx.i18n.locale,
      next,
    })
    return ctx.response.redirect('/user/resend_verify_email?sent=registration', false, 303)
  }

  async #show(ctx: HttpContext, next: Next | null, form?: FormState) {
    const providers = await socialPanel(ctx)
    const site = await siteFor(ctx)
    const { signUp: isOpen } = site
    ctx.response.status(form ? 422 : 200).header('Cache-Control', 'no-store')
    return ctx.view.render('pages/registration/create', {
      form: form ?? hintedForm(ctx),
      asked: askedInWords(askedOfNewcomers(site), site, ctx.i18n),
      next,
      providers: isOpen ? providers.filter(({ signUp }) => signUp) : [],
      closed: isOpen ? providers.filter(({ signUp }) => !signUp).map(({ label }) => label) : [],
    })
  }
}
