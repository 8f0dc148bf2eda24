import { inTransaction } from '#database/transaction'
import env from '#start/env'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { now } from '#time/clock'

/**
 * Registers the example site that `npm start` serves alongside this one. Runs when the
 * app starts; several processes may do so at once.
 */
export class SeedSandboxClient {
  static readonly CLIENT_ID = 'example'

  /** Creates or renews the row; does nothing without SANDBOX and an example site. */
  async handle(): Promise<void> {
    const url = env.get('SANDBOX_CLIENT_URL')
    const secret = env.get('SANDBOX_CLIENT_SECRET')
    if (!env.get('SANDBOX') || !url || !secret) return

    await inTransaction(async (trx) => {
      const clientId = SeedSandboxClient.CLIENT_ID
      const known = await Client.findBy({ clientId }, { client: trx })
      /* The operator's own site keeps its id. */
      if (known && !known.sandbox) return

      const client =
        known ??
        new Client().merge({ ...Client.firstSettings, clientId, kind: 'server', sandbox: true })
      client.merge({
        name: '달빛서점 Moonlight Books',
        redirectUris: [`${url}/callback`],
        postLogoutRedirectUris: [`${url}/`],
        scopes: Client.USUAL_SCOPES,
        inside: true,
        backchannelLogoutUri: `${url}/backchannel_logout`,
      })
      await client.useTransaction(trx).save()

      /* Each start uses its own secret, so that none outlives the example. */
      await ClientSecret.query({ client: trx }).where('clientId', client.id).delete()
      const row = new ClientSecret().merge({ clientId: client.id, createdAt: now() })
      await row.keep(secret).useTransaction(trx).save()
    })
  }
}
