import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeRole } from '#actions/members/change_role'
import { actorOf } from '#audit/actor'
import { backToPerson, notFound, showChangedPerson } from '#controllers/admin/people/person_page'
import User from '#models/user'
import { fieldOf } from '#validators/field'

/** People who may see and change what these pages show. */
@inject()
export default class AdministratorsController {
  constructor(private changeRole: ChangeRole) {}

  /** `POST /admin/users/:id/administrator` */
  store(ctx: HttpContext) {
    return this.#change(ctx, 'admin')
  }

  /** `POST /admin/users/:id/administrator/end` */
  destroy(ctx: HttpContext) {
    return this.#change(ctx, 'member')
  }

  async #change(ctx: HttpContext, role: User['role']) {
    const { auth, params, response, session, i18n } = ctx
    const user = await User.findByOrFail('publicId', params.id)
    const version = fieldOf(ctx, 'version')
    const change = await this.changeRole.handle(user, { role, version, actor: actorOf(ctx) })
    switch (change.kind) {
      case 'changed':
        if (user.id !== auth.user?.id) {
          const done = role === 'admin' ? 'promoted' : 'demoted'
          return backToPerson(ctx, user, { notice: i18n.t(`users.notices.${done}`) })
        }
        await auth.use('web').logout()
        session.flash('notice', i18n.t('users.notices.demoted_yourself'))
        return response.redirect('/user/login', false, 303)
      case 'last_administrator':
      case 'suspended':
        return backToPerson(ctx, user, {
          problem: i18n.t(`users.problems.role_${change.kind}`),
        })
      case 'stale':
        return showChangedPerson(ctx, await user.refresh())
      case 'not_allowed':
      case 'gone':
        return notFound(ctx)
    }
  }
}
