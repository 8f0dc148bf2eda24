import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RestoreUser } from '#actions/members/restore_user'
import { SuspendUser } from '#actions/members/suspend_user'
import { actorOf } from '#audit/actor'
import {
  backToPerson,
  notFound,
  showChangedPerson,
  showPerson,
} from '#controllers/admin/people/person_page'
import User from '#models/user'
import { fieldOf } from '#validators/field'
import { readForm } from '#validators/form'
import { suspensionValidator } from '#validators/user'

/** People who may not sign in. */
export default class SuspensionsController {
  /** `POST /admin/users/:id/suspension` */
  @inject()
  async store(ctx: HttpContext, suspendUser: SuspendUser) {
    const user = await User.findByOrFail('publicId', ctx.params.id)
    const form = await readForm(ctx, suspensionValidator)
    if (!form.valid) {
      ctx.response.status(422)
      return showPerson(ctx, user, { form: form.form })
    }

    const { version = '', note = null } = form.data
    const suspension = await suspendUser.handle(user, { note, version, actor: actorOf(ctx) })
    switch (suspension.kind) {
      case 'suspended':
        return backToPerson(ctx, user, { notice: ctx.i18n.t('users.notices.suspended') })
      case 'yourself':
      case 'last_administrator':
        return backToPerson(ctx, user, {
          problem: ctx.i18n.t(`users.problems.suspend_${suspension.kind}`),
        })
      case 'stale':
        return showChangedPerson(ctx, await user.refresh())
      case 'not_allowed':
      case 'gone':
        return notFound(ctx)
    }
  }

  /** `POST /admin/users/:id/suspension/end` */
  @inject()
  async destroy(ctx: HttpContext, restoreUser: RestoreUser) {
    const user = await User.findByOrFail('publicId', ctx.params.id)
    const version = fieldOf(ctx, 'version')
    const restoration = await restoreUser.handle(user, { version, actor: actorOf(ctx) })
    switch (restoration.kind) {
      case 'restored':
        return backToPerson(ctx, user, { notice: ctx.i18n.t('users.notices.restored') })
      case 'stale':
        return showChangedPerson(ctx, await user.refresh())
      case 'not_allowed':
      case 'gone':
        return notFound(ctx)
    }
  }
}
