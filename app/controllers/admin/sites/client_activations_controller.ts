import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeClient } from '#actions/clients/change_client'
import { actorOf } from '#audit/actor'
import Client from '#models/oidc/client'

/** The switch of a site. Off ends what it has been given. */
@inject()
export default class ClientActivationsController {
  constructor(private changeClient: ChangeClient) {}

  /** On. */
  store(ctx: HttpContext) {
    return this.#switch(ctx, 'enable')
  }

  /** Off. */
  destroy(ctx: HttpContext) {
    return this.#switch(ctx, 'disable')
  }

  async #switch(ctx: HttpContext, deed: 'enable' | 'disable') {
    const { params, response, session, i18n } = ctx
    const { clientId } = await Client.findByOrFail('publicId', params.id)
    const change = await this.changeClient.handle(clientId, { deed }, actorOf(ctx))
    if (change.kind === 'unknown') {
      session.flash('problem', i18n.t('admin.problems.gone'))
      return response.redirect('/admin/clients', false, 303)
    }
    session.flash('notice', i18n.t(`clients.notices.${deed}d`))
    return response.redirect(`/admin/clients/${params.id}`, false, 303)
  }
}
