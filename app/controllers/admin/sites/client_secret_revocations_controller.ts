import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RevokeClientSecret } from '#actions/clients/revoke_client_secret'
import { actorOf } from '#audit/actor'
import { secretsVersionOf, showSecrets } from '#controllers/admin/sites/client_secrets_page'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'

/** The end of a site's secret; asked twice, since nothing brings it back. */
export default class ClientSecretRevocationsController {
  async create({ params, response, view }: HttpContext) {
    const { client, secret } = await secretNamed(params.id)
    if (!secret.isAlive) return response.redirect(deskOf(client), false, 303)
    await client.load('secrets')
    const others = client.secrets.filter(({ id, isAlive }) => isAlive && id !== secret.id)
    return view.render('pages/admin/client_secret_revocations/create', { client, secret, others })
  }

  @inject()
  async store(ctx: HttpContext, revokeSecret: RevokeClientSecret) {
    const { params, response, session, i18n } = ctx
    const { client } = await secretNamed(params.id)
    const revocation = await revokeSecret.handle(client.clientId, params.id, {
      actor: actorOf(ctx),
      version: secretsVersionOf(ctx),
    })
    if (revocation !== 'revoked') return showSecrets(ctx, client, revocation)
    session.flash('notice', i18n.t('clients.notices.secret_revoked'))
    return response.redirect(deskOf(client), false, 303)
  }
}

async function secretNamed(publicId: string) {
  const secret = await ClientSecret.findByOrFail('publicId', publicId)
  return { secret, client: await Client.findOrFail(secret.clientId) }
}

const deskOf = ({ publicId }: Client) => `/admin/clients/${publicId}/secrets`
