import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { DropMail } from '#actions/mails/drop_mail'
import { RetryMail } from '#actions/mails/retry_mail'
import { actorOf } from '#audit/actor'
import { delivery } from '#config/mail'
import OutgoingMail from '#models/outgoing_mail'

const PAGE_SIZE = 50

/** Mails that were not accepted at the first try, or never. */
export default class MailsController {
  async index({ request, view }: HttpContext) {
    const page = Math.max(1, Number.parseInt(request.qs().page, 10) || 1)
    const mails = await OutgoingMail.stuck().paginate(page, PAGE_SIZE)
    return view.render('pages/admin/mails/index', {
      mails: mails.baseUrl('/admin/mails'),
      goNowhere: delivery === 'none',
      waiting: await OutgoingMail.countWaiting(),
    })
  }

  /** Tries again now. */
  @inject()
  async update(ctx: HttpContext, retryMail: RetryMail) {
    const { params, response, session, i18n } = ctx
    const mail = await this.#unsent(params.id)
    const { kind } = await retryMail.handle(mail, actorOf(ctx))
    session.flash('notice', i18n.t(`admin_mails.${kind}`))
    return response.redirect('/admin/mails', false, 303)
  }

  /** Drops it unsent. */
  @inject()
  async destroy(ctx: HttpContext, dropMail: DropMail) {
    const { params, response, session, i18n } = ctx
    const mail = await this.#unsent(params.id)
    const { kind } = await dropMail.handle(mail, actorOf(ctx))
    session.flash('notice', i18n.t(`admin_mails.${kind}`))
    return response.redirect('/admin/mails', false, 303)
  }

  #unsent(publicId: string) {
    return OutgoingMail.query().where('publicId', publicId).whereNull('sentAt').firstOrFail()
  }
}
