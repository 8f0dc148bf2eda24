import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeClient } from '#actions/clients/change_client'
import { actorOf } from '#audit/actor'
import { secretsVersionOf, showSecrets } from '#controllers/admin/sites/client_secrets_page'
import { GRACE_CHOICES, parseGrace, USUAL_GRACE } from '#models/grace'
import Client from '#models/oidc/client'

/** The secrets of a site. */
export default class ClientSecretsController {
  /** `GET /admin/clients/:id/secrets` */
  async index(ctx: HttpContext) {
    return showSecrets(ctx, await Client.findByOrFail('publicId', ctx.params.id))
  }

  /** `POST /admin/clients/:id/secrets`: another one, shown on the answer, and never again. */
  @inject()
  async store(ctx: HttpContext, changeClient: ChangeClient) {
    const { params, request, view } = ctx
    const client = await Client.findByOrFail('publicId', params.id)
    const grace = GRACE_CHOICES.find((one) => one === request.input('grace')) ?? USUAL_GRACE
    const deed = {
      deed: 'rotate',
      graceMs: parseGrace(grace)!,
      version: secretsVersionOf(ctx),
    } as const
    const change = await changeClient.handle(client.clientId, deed, actorOf(ctx))
    if (change.kind !== 'done') return showSecrets(ctx, client, change.kind)
    const { secret } = change
    return view.render('pages/admin/client_secrets/once', { client, secret, grace })
  }
}
