import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeClient } from '#actions/clients/change_client'
import { actorOf } from '#audit/actor'
import Client from '#models/oidc/client'

/** The end of a site; the page in between says whom it affects. */
export default class ClientDeletionsController {
  async create({ params, view }: HttpContext) {
    const client = await Client.findByOrFail('publicId', params.id)
    const members = await client.countMembers()
    return view.render('pages/admin/client_deletions/create', { client, members })
  }

  @inject()
  async store(ctx: HttpContext, changeClient: ChangeClient) {
    const { params, response, session, i18n } = ctx
    const { clientId, name } = await Client.findByOrFail('publicId', params.id)
    await changeClient.handle(clientId, { deed: 'delete' }, actorOf(ctx))
    session.flash('notice', i18n.t('clients.notices.deleted', { name }))
    return response.redirect('/admin/clients', false, 303)
  }
}
