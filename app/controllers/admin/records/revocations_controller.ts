import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { DropRevocation } from '#actions/links/drop_revocation'
import { RetryRevocation } from '#actions/links/retry_revocation'
import { actorOf } from '#audit/actor'
import Revocation from '#models/revocation'

const PAGE = '/admin/revocations'
const PAGE_SIZE = 50

/** Links that have ended here but not yet at their providers. */
export default class RevocationsController {
  async index({ request, view }: HttpContext) {
    const page = Math.max(1, Number.parseInt(request.qs().page, 10) || 1)
    const revocations = await Revocation.stuck().paginate(page, PAGE_SIZE)
    return view.render('pages/admin/revocations/index', { revocations: revocations.baseUrl(PAGE) })
  }

  /** Tries again now. */
  @inject()
  async update(ctx: HttpContext, retry: RetryRevocation) {
    const { kind } = await retry.handle(await this.#stuck(ctx.params.id), actorOf(ctx))
    ctx.session.flash('notice', ctx.i18n.t(`revocations.${kind}`))
    return ctx.response.redirect(PAGE, false, 303)
  }

  /** Drops it; the person is told how to end the link by hand. */
  @inject()
  async destroy(ctx: HttpContext, drop: DropRevocation) {
    const { kind } = await drop.handle(await this.#stuck(ctx.params.id), actorOf(ctx))
    ctx.session.flash('notice', ctx.i18n.t(`revocations.${kind}`))
    return ctx.response.redirect(PAGE, false, 303)
  }

  #stuck(publicId: string) {
    return Revocation.stuck().where('publicId', publicId).firstOrFail()
  }
}
