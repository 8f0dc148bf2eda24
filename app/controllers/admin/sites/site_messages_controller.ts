import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { DropMessage } from '#actions/clients/drop_message'
import { SendMessageAgain } from '#actions/clients/send_message_again'
import { actorOf } from '#audit/actor'
import SiteMessage from '#models/oidc/site_message'

const PAGE = '/admin/site_messages'
const PAGE_SIZE = 50

/** What sites could not be told, or only after a while. */
export default class SiteMessagesController {
  /** `GET /admin/site_messages` */
  async index({ request, view }: HttpContext) {
    const page = Math.max(1, Number.parseInt(request.qs().page, 10) || 1)
    const messages = await SiteMessage.stuck().preload('client').paginate(page, PAGE_SIZE)
    return view.render('pages/admin/site_messages/index', {
      messages: messages.baseUrl(PAGE),
      waiting: await SiteMessage.countWaiting(),
    })
  }

  /** `POST /admin/site_messages/:id/retry`: tells the site again, also what it has been told. */
  @inject()
  async update(ctx: HttpContext, sendAgain: SendMessageAgain) {
    const outcome = await sendAgain.handle(await this.#message(ctx), actorOf(ctx))
    return this.#back(ctx, outcome)
  }

  /** `POST /admin/site_messages/:id/drop` */
  @inject()
  async destroy(ctx: HttpContext, drop: DropMessage) {
    const outcome = await drop.handle(await this.#message(ctx), actorOf(ctx))
    return this.#back(ctx, outcome)
  }

  #message({ params }: HttpContext) {
    return SiteMessage.query().where('publicId', params.id).preload('client').firstOrFail()
  }

  /** To the list on which the button was pressed: of all sites, or of one. */
  #back({ request, response, session, i18n }: HttpContext, outcome: string) {
    session.flash('notice', i18n.t(`site_messages.notices.${outcome}`))
    const site = request.input('site')
    const isOfSite = typeof site === 'string' && /^[\w-]{22}$/.test(site)
    return response.redirect(isOfSite ? `/admin/clients/${site}/messages` : PAGE, false, 303)
  }
}
