import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RequireSecondFactor } from '#actions/second_factor/require_second_factor'
import { actorOf } from '#audit/actor'

/** Whether administrators need a second factor. */
@inject()
export default class SecondFactorRequirementsController {
  constructor(private requireSecondFactor: RequireSecondFactor) {}

  /** `POST /admin/security/second_factor` */
  store(ctx: HttpContext) {
    return this.#decide(ctx, true)
  }

  /** `POST /admin/security/second_factor/end` */
  destroy(ctx: HttpContext) {
    return this.#decide(ctx, false)
  }

  async #decide(ctx: HttpContext, required: boolean) {
    const { auth, response, session, i18n } = ctx
    const user = auth.getUserOrFail()
    const decision = await this.requireSecondFactor.handle(user, required, actorOf(ctx))
    switch (decision) {
      case 'decided':
        session.flash(
          'notice',
          i18n.t(`second_factor.admin.${required ? 'required_now' : 'optional_now'}`)
        )
        break
      case 'needs_own':
        session.flash('problem', i18n.t('second_factor.admin.needs_own'))
        break
    }
    return response.redirect('/admin/security', false, 303)
  }
}
