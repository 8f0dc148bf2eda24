import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { userAgentOf } from '#auth/device'
import { ConfirmRegistration } from '#actions/account/confirm_registration'
import { ProveEmail } from '#actions/account/prove_email'
import { browserHash } from '#auth/browser'
import { readCookie, writeCookie } from '#auth/cookies'
import { safeNext, signInPage } from '#auth/next'
import AccountToken from '#models/account_token'
import Registration from '#models/registration'
import { siteFor } from '#site/present'
import { confirmValidator } from '#validators/email_verification'
import { readForm, type FormState } from '#validators/form'

/** Pages that say why a link goes no further, and their statuses. */
const DEAD_ENDS = { taken: 409, gone: 410, closed: 403 } as const

/* Leads back to the link that this browser keeps: a `next` must not hold it. */
const WAY_BACK = safeNext('/account/email/link')
const LINK_KEPT = '1h'

/** What is kept of a link: its two parameters. */
const LINK = /^([\w-]{1,64})\.([\w-]{43})$/

function keepLink(ctx: HttpContext) {
  const { id, token } = ctx.params
  writeCookie(ctx, 'email-link', `${id}.${token}`, LINK_KEPT)
}

/** The link that proves an address: of a sign-up, or of an existing user. */
export default class EmailVerificationController {
  /** `GET /user/:id/verify/:token`: only a button, because mail scanners open links too. */
  async edit(ctx: HttpContext) {
    const registration = await Registration.findByLink(ctx.params.id, ctx.params.token)
    if (registration) return this.#confirm(ctx, registration)
    const proof = await this.#findProof(ctx)
    return proof ? this.#prove(ctx, proof) : this.#gone(ctx)
  }

  /** `POST /user/:id/verify/:token` */
  @inject()
  async update(ctx: HttpContext, confirm: ConfirmRegistration, prove: ProveEmail) {
    const registration = await Registration.findByLink(ctx.params.id, ctx.params.token)
    if (registration) return this.#createUser(ctx, registration, confirm)

    const proof = await this.#findProof(ctx)
    return proof ? this.#proveEmail(ctx, proof, prove) : this.#gone(ctx)
  }

  async #proveEmail(ctx: HttpContext, proof: AccountToken, prove: ProveEmail) {
    const { auth, response, session, i18n } = ctx
    if (!auth.user) {
      keepLink(ctx)
      return response.redirect(signInPage(WAY_BACK), false, 303)
    }
    if (auth.user.id !== proof.userId) return this.#prove(ctx, proof)

    const outcome = await prove.handle(proof, auth.use('web').session!)
    if (outcome.kind !== 'proved') return this.#page(ctx, outcome.kind, DEAD_ENDS[outcome.kind])
    session.flash('notice', i18n.t('verification.proved', { email: outcome.email }))
    return response.redirect('/', false, 303)
  }

  async #createUser(ctx: HttpContext, registration: Registration, confirm: ConfirmRegistration) {
    const { auth, request, response, session, i18n } = ctx
    const { signUp, emailSignUp } = await siteFor(ctx)
    /* What waits stays: it may be pressed again once sign-up is open, while it lasts. */
    if (!signUp || !emailSignUp) return this.#page(ctx, 'closed', DEAD_ENDS.closed)
    const isHere = registration.isAtHome(browserHash(ctx))
    const form = isHere ? null : await readForm(ctx, confirmValidator)
    if (form && !form.valid) return this.#confirm(ctx, registration, form.form)

    const outcome = await confirm.handle(registration, {
      browserHash: browserHash(ctx),
      password: form?.data.password ?? '',
      ip: request.ip(),
      userAgent: userAgentOf(request),
    })
    switch (outcome.kind) {
      case 'confirmed': {
        const path = await auth.use('web').login(outcome.user, outcome)
        session.flash('notice', i18n.t('verification.confirmed'))
        return response.redirect(path, false, 303)
      }
      case 'wrong_password': {
        const message = i18n.t('verification.wrong_password', { tries: outcome.triesLeft })
        return this.#confirm(ctx, registration, { values: {}, errors: { password: message } })
      }
      case 'taken':
      case 'gone':
        return this.#page(ctx, outcome.kind, DEAD_ENDS[outcome.kind])
    }
  }

  /** `GET /account/email/link`: resumes a link after the sign-in that it required. */
  async show(ctx: HttpContext) {
    const link = readCookie(ctx, 'email-link')
    const [, id, token] = (typeof link === 'string' && LINK.exec(link)) || []
    const path = id ? `/user/${id}/verify/${token}` : '/account/email'
    return ctx.response.redirect(path, false, 303)
  }

  async #findProof({ params }: HttpContext) {
    const proof = await AccountToken.findAlive('prove_email', params.token)
    return proof?.user.publicId === params.id ? proof : null
  }

  #confirm(ctx: HttpContext, registration: Registration, form?: FormState) {
    const isHere = registration.isAtHome(browserHash(ctx))
    return this.#page(ctx, 'confirm', form ? 422 : 200, { form, registration, isHere })
  }

  #prove(ctx: HttpContext, { email, userId }: AccountToken) {
    const { user } = ctx.auth
    const visitor = !user ? 'nobody' : user.id === userId ? 'owner' : 'other'
    return this.#page(ctx, 'prove', 200, { email, visitor })
  }

  #gone(ctx: HttpContext) {
    return this.#page(ctx, 'gone', DEAD_ENDS.gone)
  }

  #page({ request, response, view }: HttpContext, name: string, status: number, props = {}) {
    response.status(status).header('Cache-Control', 'no-store')
    /* The page's address is a secret. */
    response.header('Referrer-Policy', 'no-referrer')
    return view.render(`pages/email_verification/${name}`, { action: request.url(), ...props })
  }
}
