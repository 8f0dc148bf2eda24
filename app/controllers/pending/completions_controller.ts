import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { CompleteProfile } from '#actions/pending/complete_profile'
import { SendProofCode } from '#actions/pending/send_proof_code'
import { askedOfNewcomers, isMet, type Asked } from '#duties/agreed'
import { askedInWords, readAnswer } from '#duties/form'
import { siteFor } from '#site/present'
import { refuse } from '#trip/failure_notice'
import { nothingWaits, waitingHere, type Waiting } from '#trip/pending'
import type { TripOutcome } from '#trip/visit'
import { formAgain, readForm, type FormState } from '#validators/form'
import { codeProofValidator } from '#validators/account'
import { completionValidator } from '#validators/pending_identity'

/**
 * Asks for what the provider could not give, and newcomers for their agreement. An address typed here is proved by a code
 * mailed to it before anything is decided, so the page answers the same whether or not
 * the address has an account.
 */
@inject()
export default class CompletionsController {
  constructor(
    private complete: CompleteProfile,
    private sendCode: SendProofCode
  ) {}

  async show(ctx: HttpContext) {
    const waiting = await waitingHere(ctx, 'complete')
    return waiting ? this.#render(ctx, waiting) : nothingWaits(ctx)
  }

  /** Takes the missing fields, or the code that proves the address among them. */
  async store(ctx: HttpContext) {
    const waiting = await waitingHere(ctx, 'complete')
    if (!waiting) return nothingWaits(ctx)
    return ctx.request.body().code === undefined
      ? this.#takeFields(ctx, waiting)
      : this.#takeCode(ctx, waiting)
  }

  async #takeFields(ctx: HttpContext, waiting: Waiting) {
    const { pending, browser } = waiting
    const missing = await pending.missingFields()
    const form = await readForm(ctx, completionValidator, { meta: { missing } })
    const answer = pending.isNewcomers ? readAnswer(ctx, await askedHere(ctx)) : null
    if (!form.valid || answer?.ok === false) {
      const errors = { ...(!form.valid && form.form.errors), ...(!answer?.ok && answer?.errors) }
      return this.#render(ctx, waiting, { ...formAgain(ctx), errors })
    }

    /* Only missing fields: one added to the form by hand changes nothing. */
    const given = Object.fromEntries(missing.map((field) => [field, form.data[field]]))
    await pending.complete(given, answer?.agreed ?? null)
    const { email } = given
    if (!email) {
      return this.#finish(ctx, waiting, await this.complete.handle(pending, await siteFor(ctx)))
    }

    const isSent = await this.sendCode.handle(pending, email, { browser, locale: ctx.i18n.locale })
    if (isSent) return ctx.response.redirect('/user/login/complete', false, 303)
    return this.#render(ctx, waiting, {
      values: given,
      errors: { email: ctx.i18n.t('pending_identity.no_more_codes') },
    })
  }

  async #takeCode(ctx: HttpContext, waiting: Waiting) {
    const { pending, browser } = waiting
    if (pending.isNewcomers && !isMet(await askedHere(ctx), pending.agreed)) {
      const agree = ctx.i18n.t('duties.problems.outdated')
      return this.#render(ctx, waiting, { values: {}, errors: { agree } })
    }
    const form = await readForm(ctx, codeProofValidator)
    if (!form.valid) return this.#render(ctx, waiting, form.form)

    const { code } = form.data
    const outcome = await this.complete.proveAddress(pending, browser, code, await siteFor(ctx))
    if (outcome.kind !== 'wrong_code') return this.#finish(ctx, waiting, outcome)
    return this.#render(ctx, waiting, {
      values: {},
      errors: { code: ctx.i18n.t('pending_identity.wrong_code', { tries: outcome.triesLeft }) },
    })
  }

  async #finish(ctx: HttpContext, { pending }: Waiting, outcome: TripOutcome) {
    switch (outcome.kind) {
      case 'signed_in': {
        const path = await ctx.auth.use('web').login(outcome.user, outcome)
        return ctx.response.redirect(path, false, 303)
      }
      case 'must_prove':
        return ctx.response.redirect('/user/login/prove', false, 303)
      case 'must_complete':
        return ctx.response.redirect('/user/login/complete', false, 303)
      case 'failed':
        return refuse(ctx, outcome.failure, pending)
      default:
        return nothingWaits(ctx)
    }
  }

  async #render(ctx: HttpContext, { pending }: Waiting, form?: FormState) {
    const isCodeStep = pending.codeHash !== null && ctx.request.qs().again === undefined
    const asked = pending.isNewcomers ? await askedHere(ctx) : { documents: [], age: false }
    if (form) ctx.response.status(422)
    ctx.response.header('Cache-Control', 'no-store')
    return ctx.view.render('pages/pending_identity/complete', {
      form,
      missing: await pending.missingFields(),
      isCodeStep: isCodeStep && !form?.errors.email && !form?.errors.agree,
      asked: askedInWords(asked, await siteFor(ctx), ctx.i18n),
      providerLabel: pending.provider.label,
      email: pending.revealProfile().email,
      next: pending.next,
    })
  }
}

async function askedHere(ctx: HttpContext): Promise<Asked> {
  return askedOfNewcomers(await siteFor(ctx))
}
