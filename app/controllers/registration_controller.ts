import type { HttpContext } from '@adonisjs/core/http'
import { safeNext } from '#social/next'
import { socialPanel } from '#social/panel'

export default class RegistrationController {
  /** `GET /user/create` */
  async create(ctx: HttpContext) {
    const providers = await socialPanel(ctx)
    return ctx.view.render('pages/registration/create', {
      providers,
      next: safeNext(ctx.request.qs().next),
    })
  }
}
