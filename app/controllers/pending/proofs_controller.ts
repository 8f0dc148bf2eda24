import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ProveByCode } from '#actions/pending/prove_by_code'
import { ProveByPassword, type ProofOutcome } from '#actions/pending/prove_by_password'
import { countPasswordTry } from '#limits/password_try'
import { failureNotice, refuse } from '#trip/failure_notice'
import { socialPanel } from '#trip/panel'
import { nothingWaits, waitingHere, type Waiting } from '#trip/pending'
import { readForm, type FormState } from '#validators/form'
import { codeProofValidator, passwordProofValidator } from '#validators/account'

/**
 * "This address already has an account here: prove that it is yours." Proved by its
 * password, by a code mailed to it, or by another provider connected to it (a trip with
 * the intent `prove`). One explicit press then joins the two sides that the page shows.
 */
@inject()
export default class ProofsController {
  constructor(
    private byPassword: ProveByPassword,
    private byCode: ProveByCode
  ) {}

  async show(ctx: HttpContext) {
    const waiting = await waitingHere(ctx, 'prove')
    return waiting ? this.#render(ctx, waiting) : nothingWaits(ctx)
  }

  async store(ctx: HttpContext) {
    const waiting = await waitingHere(ctx, 'prove')
    if (!waiting) return nothingWaits(ctx)
    const { pending, browser } = waiting

    if (ctx.request.body().code !== undefined) {
      const form = await readForm(ctx, codeProofValidator)
      if (!form.valid) return this.#render(ctx, waiting, form.form)
      const outcome = await this.byCode.handle(pending, browser, form.data.code)
      return this.#finish(ctx, waiting, outcome, 'code')
    }
    const form = await readForm(ctx, passwordProofValidator)
    if (!form.valid) return this.#render(ctx, waiting, form.form)
    /* Limited as on the sign-in page: a trip must not allow more guesses. */
    await countPasswordTry(ctx, pending.revealProfile().email ?? '')
    const outcome = await this.byPassword.handle(pending, form.data.password)
    return this.#finish(ctx, waiting, outcome, 'password')
  }

  async #finish(
    ctx: HttpContext,
    waiting: Waiting,
    outcome: ProofOutcome,
    field: 'code' | 'password'
  ) {
    switch (outcome.kind) {
      case 'joined': {
        const path = await ctx.auth.use('web').login(outcome.user, outcome)
        return ctx.response.redirect(path, false, 303)
      }
      case 'wrong':
        if (outcome.triesLeft === 0) return nothingWaits(ctx)
        return this.#render(ctx, waiting, {
          values: {},
          errors: {
            [field]: ctx.i18n.t(`pending_identity.wrong_${field}`, { tries: outcome.triesLeft }),
          },
        })
      case 'refused':
        return refuse(ctx, outcome.failure, waiting.pending)
      case 'gone':
        return nothingWaits(ctx)
    }
  }

  async #render(ctx: HttpContext, { pending }: Waiting, form?: FormState) {
    const panel = await socialPanel(ctx)
    const others = panel.filter(({ key }) => key !== pending.provider.key)
    if (form) ctx.response.status(422)
    ctx.response.header('Cache-Control', 'no-store')
    return ctx.view.render('pages/pending_identity/show', {
      form,
      failure: await failureNotice(ctx, others),
      providers: others,
      providerLabel: pending.provider.label,
      providerDriver: pending.provider.driver,
      email: pending.revealProfile().email,
      next: pending.next,
      codeSent: pending.codeHash !== null,
    })
  }
}
