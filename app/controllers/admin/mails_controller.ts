import type { HttpContext } from '@adonisjs/core/http'
import { delivery } from '#config/mail'
import OutgoingMail from '#models/outgoing_mail'

const PAGE_SIZE = 50

/** Mails that were not taken at the first try, or never. */
export default class MailsController {
  async index({ request, view }: HttpContext) {
    const page = Math.max(1, Number.parseInt(request.qs().page, 10) || 1)
    const mails = await OutgoingMail.stuck().paginate(page, PAGE_SIZE)
    return view.render('pages/admin/mails/index', {
      mails: mails.baseUrl('/admin/mails'),
      goNowhere: delivery === 'none',
    })
  }

  /** Tries again now. */
  async update({ params, response, session, i18n }: HttpContext) {
    const mail = await this.#unsent(params.id)
    await mail.tryAgainNow()
    session.flash('notice', i18n.t('admin_mails.retried'))
    return response.redirect('/admin/mails', false, 303)
  }

  /** Drops it unsent. */
  async destroy({ params, response, session, i18n }: HttpContext) {
    const mail = await this.#unsent(params.id)
    await mail.delete()
    session.flash('notice', i18n.t('admin_mails.dropped'))
    return response.redirect('/admin/mails', false, 303)
  }

  #unsent(publicId: string) {
    return OutgoingMail.query().where('publicId', publicId).whereNull('sentAt').firstOrFail()
  }
}
