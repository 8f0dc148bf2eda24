import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import db from '@adonisjs/lucid/services/db'
import { AgreeToSignIn } from '#actions/agreements/agree_to_sign_in'
import { DeclineAtSignIn } from '#actions/agreements/decline_at_sign_in'
import { safeNext } from '#auth/next'
import { askedInWords, readAnswer } from '#duties/form'
import { AGREEMENTS_PAGE, openDuties } from '#duties/open'
import type WaitingSignIn from '#models/waiting_sign_in'
import { siteFor } from '#site/present'
import { refuse } from '#trip/failure_notice'
import { formAgain, type FormState } from '#validators/form'

/** What a member has yet to agree to, before a sign-in that waits for it goes on. */
export default class AgreementsController {
  /** `GET /user/login/agreements` */
  async create(ctx: HttpContext) {
    const waiting = await ctx.auth.use('web').waitingToAgree()
    return waiting ? this.#show(ctx, waiting) : this.#gone(ctx)
  }

  /** `POST /user/login/agreements` */
  @inject()
  async store(ctx: HttpContext, agree: AgreeToSignIn) {
    const guard = ctx.auth.use('web')
    const waiting = await guard.waitingToAgree()
    if (!waiting) return this.#gone(ctx)
    const answer = readAnswer(ctx, await this.#asked(waiting))
    if (!answer.ok) return this.#show(ctx, waiting, { ...formAgain(ctx), errors: answer.errors })

    const outcome = await agree.handle(waiting, answer.agreed)
    switch (outcome.kind) {
      case 'agreed': {
        const { user, secondFactorAt, ...login } = outcome
        const path = await guard.loginByAgreement(user, login, secondFactorAt)
        return ctx.response.redirect(path, false, 303)
      }
      case 'asked_more':
        return ctx.response.redirect(AGREEMENTS_PAGE, false, 303)
      case 'gone':
        return this.#gone(ctx, waiting.next)
    }
  }

  /** `POST /user/login/agreements/decline` */
  @inject()
  async destroy(ctx: HttpContext, decline: DeclineAtSignIn) {
    const waiting = await ctx.auth.use('web').waitingToAgree()
    if (!waiting) return this.#gone(ctx)
    await decline.handle(waiting)
    return refuse(ctx, 'agreement_declined', { next: waiting.next })
  }

  /** A second press finds the work of the first one done, and goes to the same place. */
  #gone(ctx: HttpContext, next = safeNext(ctx.request.input('next'))) {
    return ctx.auth.isAuthenticated
      ? ctx.response.redirect(next ?? '/', false, 303)
      : refuse(ctx, 'agreement_gone', { next })
  }

  #asked({ user }: WaitingSignIn) {
    return db.transaction((trx) => openDuties(user, trx))
  }

  async #show(ctx: HttpContext, waiting: WaitingSignIn, form?: FormState) {
    const { response, view, i18n } = ctx
    const asked = askedInWords(await this.#asked(waiting), await siteFor(ctx), i18n)
    response.status(form ? 422 : 200).header('Cache-Control', 'no-store')
    return view.render('pages/agreements/create', { form, asked, next: waiting.next })
  }
}
