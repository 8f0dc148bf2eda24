import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeSite } from '#actions/site/change_site'
import { actorOf } from '#audit/actor'
import { fieldOf } from '#validators/field'

/** Whether members are asked if they are 14 or older. */
export default class AgeQuestionsController {
  /** `POST /admin/site/documents/age` */
  @inject()
  async update(ctx: HttpContext, changeSite: ChangeSite) {
    const settings = { ageQuestion: fieldOf(ctx, 'ageQuestion') === 'true' }
    await changeSite.handle({ settings, actor: actorOf(ctx) })
    ctx.session.flash('notice', ctx.i18n.t('documents.notices.changed'))
    return ctx.response.redirect('/admin/site/documents', false, 303)
  }
}
