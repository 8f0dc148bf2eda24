import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SwitchWebhook } from '#actions/clients/switch_webhook'
import { actorOf } from '#audit/actor'
import Client from '#models/oidc/client'

/** Whether a site is told what happens to its members. */
@inject()
export default class WebhookActivationsController {
  constructor(private switchWebhook: SwitchWebhook) {}

  /** `POST /admin/clients/:id/webhook` */
  store(ctx: HttpContext) {
    return this.#switch(ctx, 'on')
  }

  /** `POST /admin/clients/:id/webhook/end` */
  destroy(ctx: HttpContext) {
    return this.#switch(ctx, 'off')
  }

  async #switch(ctx: HttpContext, wish: 'on' | 'off') {
    const { params, response, session, i18n } = ctx
    const client = await Client.findByOrFail('publicId', params.id)
    await this.switchWebhook.handle(client, wish, actorOf(ctx))
    session.flash('notice', i18n.t(`site_messages.notices.${wish}`))
    return response.redirect(`/admin/clients/${params.id}/messages`, false, 303)
  }
}
