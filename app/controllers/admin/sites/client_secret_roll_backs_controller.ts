import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RollBackClientSecret } from '#actions/clients/roll_back_client_secret'
import { actorOf } from '#audit/actor'
import { secretsVersionOf, showSecrets } from '#controllers/admin/sites/client_secrets_page'
import Client from '#models/oidc/client'

export default class ClientSecretRollBacksController {
  /** `POST /admin/clients/:id/secrets/roll_back`: the secret before stays, the new one ends. */
  @inject()
  async store(ctx: HttpContext, rollBack: RollBackClientSecret) {
    const { params, response, session, i18n } = ctx
    const client = await Client.findByOrFail('publicId', params.id)
    const done = await rollBack.handle(client.clientId, actorOf(ctx), secretsVersionOf(ctx))
    if (done !== 'done') return showSecrets(ctx, client, done)
    session.flash('notice', i18n.t('clients.notices.rolled_back'))
    return response.redirect(`/admin/clients/${params.id}/secrets`, false, 303)
  }
}
