import type { HttpContext } from '@adonisjs/core/http'
import { GRACE_CHOICES, USUAL_GRACE } from '#models/grace'
import Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'
import { cursorIn, pageLinks, readPage } from '#searches/cursor_page'

/** What one site is told, where, and what it answered. */
export default class ClientMessagesController {
  /** `GET /admin/clients/:id/messages` */
  async index({ params, request, view }: HttpContext) {
    const client = await Client.findByOrFail('publicId', params.id)
    const page = await readPage(() => SiteMessage.query().where('clientId', client.id), {
      order: { id: 'id' },
      cursor: cursorIn(request.qs()),
      markOf: ({ id }) => ({ id }),
    })
    return view.render('pages/admin/client_messages/index', {
      client,
      messages: page.rows,
      links: pageLinks(page, {}),
      graces: GRACE_CHOICES,
      usualGrace: USUAL_GRACE,
    })
  }
}
