import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ProveByPassword } from '#actions/prove_by_password'
import { browserHash } from '#auth/browser'
import PendingIdentity from '#models/pending_identity'
import { safeNext } from '#social/next'
import { readForm, type FormState } from '#validators/form'
import { proveByPasswordValidator } from '#validators/pending_identity'

/** "This address already has an account here: prove that it is yours." */
export default class PendingIdentityController {
  async show(ctx: HttpContext) {
    const pending = await this.#waiting(ctx)
    return pending ? this.#render(ctx, pending) : this.#gone(ctx)
  }

  /** One explicit press joins what the page shows to what it shows. */
  @inject()
  async store(ctx: HttpContext, prove: ProveByPassword) {
    const { auth, response, i18n } = ctx
    const pending = await this.#waiting(ctx)
    if (!pending) return this.#gone(ctx)

    const form = await readForm(ctx, proveByPasswordValidator)
    if (!form.valid) return this.#render(ctx, pending, form.form)

    const next = safeNext(pending.next)
    const outcome = await prove.handle(pending, form.data.password)
    switch (outcome.kind) {
      case 'proved':
        await auth.use('web').login(outcome.user, { identity: outcome.identity })
        return response.redirect(next ?? '/', false, 303)
      case 'wrong_password':
        if (outcome.triesLeft === 0) return this.#gone(ctx)
        return this.#render(ctx, pending, {
          values: {},
          errors: {
            password: i18n.t('pending_identity.wrongPassword', { tries: outcome.triesLeft }),
          },
        })
      case 'gone':
        return this.#gone(ctx)
    }
  }

  async destroy(ctx: HttpContext) {
    const pending = await this.#waiting(ctx)
    await pending?.delete()
    return ctx.response.redirect('/user/login', false, 303)
  }

  async #waiting(ctx: HttpContext) {
    const hash = browserHash(ctx)
    return hash === null ? null : PendingIdentity.waitingIn(hash)
  }

  async #render(ctx: HttpContext, pending: PendingIdentity, form?: FormState) {
    await pending.load('provider')
    if (form) ctx.response.status(422)
    ctx.response.header('Cache-Control', 'no-store')
    return ctx.view.render('pages/pending_identity/show', {
      form,
      providerLabel: pending.provider.label,
      providerDriver: pending.provider.driver,
      email: pending.revealProfile().email,
    })
  }

  #gone({ response }: HttpContext) {
    return response.redirect('/user/login?failure=proof_gone', false, 303)
  }
}
