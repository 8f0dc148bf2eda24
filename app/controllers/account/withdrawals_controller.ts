import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { WithdrawUser } from '#actions/account/withdraw_user'
import { withdrawalValidator } from '#validators/account'
import { readForm, type FormState } from '#validators/form'

/** Leaving for good. */
export default class WithdrawalsController {
  /** `GET /account/withdrawal`: what will be deleted, and how to do it. */
  async create(ctx: HttpContext) {
    return this.#show(ctx)
  }

  /** `POST /account/withdrawal`, which requires a recent sign-in. */
  @inject()
  async store(ctx: HttpContext, withdraw: WithdrawUser) {
    const { auth, response, session, i18n } = ctx
    const form = await readForm(ctx, withdrawalValidator)
    if (!form.valid) {
      const understood = i18n.t('account.withdrawal.must_understand')
      return this.#show(ctx, { values: form.form.values, errors: { understood } })
    }

    const guard = auth.use('web')
    const outcome = await withdraw.handle(guard.getUserOrFail(), { session: guard.session! })
    if (outcome === 'last_administrator') {
      session.flash('problem', i18n.t('account.withdrawal.last_administrator'))
      return response.redirect('/account/withdrawal', false, 303)
    }
    await guard.logout()
    session.flash('notice', i18n.t('account.withdrawal.done'))
    return response.redirect('/', false, 303)
  }

  #show({ auth, response, view }: HttpContext, form?: FormState) {
    if (form) response.status(422)
    const guard = auth.use('web')
    return view.render('pages/account/withdrawal', {
      form,
      user: guard.getUserOrFail(),
      isRecent: guard.isRecent,
    })
  }
}
