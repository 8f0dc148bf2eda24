import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SignOutUser } from '#actions/members/sign_out_user'
import { actorOf } from '#audit/actor'
import { backToPerson, notFound } from '#controllers/admin/people/person_page'
import User from '#models/user'
import { fieldOf } from '#validators/field'

/** Where somebody is signed in. */
export default class DevicesController {
  /** `POST /admin/users/:id/devices/sign_out`: on `device`, or everywhere. */
  @inject()
  async destroy(ctx: HttpContext, signOutUser: SignOutUser) {
    const { params, request, i18n } = ctx
    const user = await User.findByOrFail('publicId', params.id)
    const device = request.body().device === undefined ? null : fieldOf(ctx, 'device')
    const outcome = await signOutUser.handle(user, device, actorOf(ctx))
    switch (outcome.kind) {
      case 'signed_out': {
        const { sessions: count } = outcome
        return backToPerson(ctx, user, { notice: i18n.t('users.notices.signed_out', { count }) })
      }
      case 'nothing_to_end':
        return backToPerson(ctx, user, { notice: i18n.t('users.notices.nothing_to_end') })
      case 'gone':
        return notFound(ctx)
    }
  }
}
