import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { userAgentOf } from '#auth/device'
import { CheckSignInCode } from '#actions/account/check_sign_in_code'
import { ConfirmPassword } from '#actions/passwords/confirm_password'
import { browserSecret } from '#auth/browser'
import { afterReauthentication } from '#auth/recent_sign_in'
import { waysIn } from '#auth/ways_in'
import SignInCode from '#models/sign_in_code'
import { failureNotice } from '#trip/failure_notice'
import { socialPanel } from '#trip/panel'
import { codeProofValidator, passwordProofValidator } from '#validators/account'
import { readForm, type FormState } from '#validators/form'

/** "Is it still you?": asked before a sensitive change. */
export default class ReauthenticationsController {
  /** `GET /account/reauthenticate` */
  async create(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /account/reauthenticate`: the password. */
  @inject()
  async store(ctx: HttpContext, confirm: ConfirmPassword) {
    const { auth, request, i18n } = ctx
    const form = await readForm(ctx, passwordProofValidator)
    if (!form.valid) return this.#show(ctx, form.form)

    const outcome = await confirm.handle(auth.getUserOrFail(), {
      password: form.data.password,
      ip: request.ip(),
      userAgent: userAgentOf(request),
      locale: i18n.locale,
    })
    if (outcome === 'confirmed') return this.#done(ctx)
    const password = i18n.t(`account.reauthenticate.password.${outcome}`)
    return this.#show(ctx, { values: {}, errors: { password } })
  }

  /** `POST /account/reauthenticate/code`: the digits from the mail. */
  @inject()
  async update(ctx: HttpContext, check: CheckSignInCode) {
    const { auth, i18n } = ctx
    const form = await readForm(ctx, codeProofValidator)
    if (!form.valid) {
      const code = i18n.t('account.reauthenticate.code.six_digits')
      return this.#show(ctx, { values: form.form.values, errors: { code } })
    }

    const outcome = await check.handle(auth.use('web').session!, form.data.code, browserSecret(ctx))
    if (outcome.kind === 'confirmed') return this.#done(ctx)
    const isOver = outcome.kind === 'gone' || outcome.triesLeft === 0
    const message = isOver
      ? i18n.t('account.reauthenticate.code.gone')
      : i18n.t('account.reauthenticate.code.wrong', { tries: outcome.triesLeft })
    return this.#show(ctx, { values: {}, errors: isOver ? { gone: message } : { code: message } })
  }

  async #done(ctx: HttpContext) {
    const next = afterReauthentication(ctx.request.input('next'))
    return ctx.response.redirect(await ctx.auth.use('web').reauthenticate(next), false, 303)
  }

  async #show(ctx: HttpContext, form?: FormState) {
    const { auth, request, response, view } = ctx
    const user = auth.getUserOrFail()
    const providers = await socialPanel(ctx)
    const { identities } = await waysIn(user)
    const linked = identities.filter(({ isWayIn }) => isWayIn).map(({ provider }) => provider.key)
    if (form) response.status(422)
    return view.render('pages/account/reauthenticate', {
      form,
      user,
      next: afterReauthentication(request.input('next')),
      isUnchanged: request.qs().unchanged === '1',
      providers: providers.filter(({ key }) => linked.includes(key)),
      failure: await failureNotice(ctx, providers),
      codeWaits:
        user.email !== null && (await SignInCode.waitingFor(auth.use('web').session!)) !== null,
    })
  }
}
