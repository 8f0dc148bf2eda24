import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ConfirmSecondFactor } from '#actions/second_factor/confirm_second_factor'
import { actorOf } from '#audit/actor'
import { qrCode } from '#auth/qr_code'
import { pageWantingSecondFactor } from '#auth/second_factor'
import SecondFactor from '#models/second_factor'
import { codeProofValidator } from '#validators/account'
import { readForm } from '#validators/form'

/** A second factor being set up: the secret goes into the app, a code comes back. */
export default class SecondFactorSetupsController {
  /** `GET /account/second_factor/setup` */
  async edit(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /account/second_factor/setup`: a correct code switches it on. */
  @inject()
  async update(ctx: HttpContext, confirm: ConfirmSecondFactor) {
    const { auth, view, i18n } = ctx
    const guard = auth.use('web')
    const form = await readForm(ctx, codeProofValidator)
    if (!form.valid) return this.#show(ctx, i18n.t('second_factor.errors.code.invalid'))

    const outcome = await confirm.handle(guard.session!, form.data.code, actorOf(ctx))
    switch (outcome.kind) {
      case 'on': {
        await guard.renew({ keepProof: true })
        /* Shown right away: they must not sit in a session until the next page. */
        const { recoveryCodes } = outcome
        return view.render('pages/account/recovery_codes', {
          recoveryCodes,
          isNew: true,
          wantedBy: pageWantingSecondFactor(ctx),
        })
      }
      case 'wrong':
        return this.#show(ctx, i18n.t('second_factor.setup.wrong'))
      case 'gone':
        return this.#gone(ctx)
    }
  }

  async #show(ctx: HttpContext, complaint?: string) {
    const { auth, response, view } = ctx
    const factor = await SecondFactor.beingSetUpIn(auth.use('web').session!)
    if (!factor) return this.#gone(ctx)

    const { email, name, publicId } = auth.getUserOrFail()
    const keyUri = factor.keyUri(email ?? (name || publicId))
    if (complaint) response.status(422)
    return view.render('pages/account/second_factor_setup', {
      form: complaint ? { values: {}, errors: { code: complaint } } : undefined,
      keyUri,
      qr: qrCode(keyUri),
      /* In groups of four, as people type it; apps ignore the spaces. */
      secret: factor
        .revealSecret()
        .match(/.{1,4}/g)!
        .join(' '),
    })
  }

  /** The set-up began too long ago or elsewhere, or the factor has been switched on since. */
  #gone({ auth, response, session, i18n }: HttpContext) {
    if (!auth.getUserOrFail().hasSecondFactor) {
      session.flash('problem', i18n.t('second_factor.setup.gone'))
    }
    return response.redirect('/account/second_factor', false, 303)
  }
}
