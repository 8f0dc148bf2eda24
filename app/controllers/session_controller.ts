import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { userAgentOf } from '#auth/device'
import { SignInWithPassword } from '#actions/passwords/sign_in_with_password'
import { countPasswordTry } from '#limits/password_try'
import { countSignIn } from '#metrics/sign_ins'
import { normalizeEmail } from '#text/email'
import { endNotice, failureNotice } from '#trip/failure_notice'
import { type Next, safeNext } from '#auth/next'
import { socialPanel } from '#trip/panel'
import { hintedForm, readForm, type FormState } from '#validators/form'
import { signInValidator } from '#validators/session'

/** What the second of two presses is told when the first has signed the person in. */
const OVERTAKEN = ['state_used', 'second_factor_gone', 'proof_gone', 'form_expired']

export default class SessionController {
  /** `GET /user/login`. Failed trips come back here, with the failure in the query. */
  async create(ctx: HttpContext) {
    const { auth, request, response } = ctx
    const { next, failure } = request.qs()

    /* The second request of a double click finds the person already signed in. */
    if (auth.isAuthenticated && (!failure || OVERTAKEN.includes(failure))) {
      return response.redirect(safeNext(next) ?? '/', false, 303)
    }
    return this.#show(ctx, safeNext(next))
  }

  /** `POST /user/login`: e-mail and password. */
  @inject()
  async store(ctx: HttpContext, signIn: SignInWithPassword) {
    const { auth, request, response, i18n } = ctx
    const next = safeNext(request.input('next'))
    const form = await readForm(ctx, signInValidator)
    if (!form.valid) return this.#show(ctx, next, form.form)

    const { email, password, remember } = form.data
    await countPasswordTry(ctx, normalizeEmail(email) ?? email)
    const outcome = await signIn.handle({
      email,
      password,
      ip: request.ip(),
      userAgent: userAgentOf(request),
      locale: i18n.locale,
    })
    const counted = { provider: 'password', intent: 'sign_in' }
    switch (outcome.kind) {
      case 'signed_in': {
        const { user, attempt } = outcome
        const login = { remember: Boolean(remember), attempt, next }
        const path = await auth.use('web').login(user, login)
        countSignIn({ ...counted, outcome: user.firstFactorOutcome })
        return response.redirect(path, false, 303)
      }
      case 'refused':
        countSignIn({ ...counted, outcome: outcome.kind, failure: outcome.reason })
        return this.#show(ctx, next, {
          values: { email },
          errors: { credentials: i18n.t(`session.refused.${outcome.reason}`) },
        })
    }
  }

  /** `POST /user/logout` */
  async destroy({ auth, response, session, i18n }: HttpContext) {
    const guard = auth.use('web')
    const throughProvider = guard.session?.identityId
    await guard.logout()
    /* The next person at this browser might get in with one press. */
    if (throughProvider) session.flash('notice', i18n.t('session.signed_out_here'))
    return response.redirect('/', false, 303)
  }

  async #show(ctx: HttpContext, next: Next | null, form?: FormState) {
    const providers = await socialPanel(ctx)
    const failure = form?.errors.credentials
      ? { message: form.errors.credentials, retry: null }
      : ((await failureNotice(ctx, providers)) ?? (await endNotice(ctx)))
    if (form) ctx.response.status(422)
    ctx.response.header('Cache-Control', 'no-store')
    return ctx.view.render('pages/session/create', {
      form: form ?? hintedForm(ctx),
      next,
      providers,
      failure,
    })
  }
}
