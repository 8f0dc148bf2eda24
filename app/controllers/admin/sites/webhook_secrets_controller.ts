import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RotateWebhookSecret } from '#actions/clients/rotate_webhook_secret'
import { actorOf } from '#audit/actor'
import { GRACE_CHOICES, parseGrace, USUAL_GRACE } from '#models/grace'
import Client from '#models/oidc/client'

export default class WebhookSecretsController {
  /** `POST /admin/clients/:id/webhook_secret`: another one, shown on the answer, and never again. */
  @inject()
  async store(ctx: HttpContext, rotate: RotateWebhookSecret) {
    const { params, request, response, session, view, i18n } = ctx
    const client = await Client.findByOrFail('publicId', params.id)
    const grace = GRACE_CHOICES.find((one) => one === request.input('grace')) ?? USUAL_GRACE
    const webhookSecret = await rotate.handle(client, parseGrace(grace)!, actorOf(ctx))
    if (webhookSecret === null) {
      session.flash('problem', i18n.t('admin.problems.gone'))
      return response.redirect('/admin/clients', false, 303)
    }
    return view.render('pages/admin/webhook_secrets/once', { client, webhookSecret, grace })
  }
}
