import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SwitchProvider } from '#actions/providers/switch_provider'
import { actorOf } from '#audit/actor'
import { asksFirst } from '#controllers/admin/credentials/wrong_key_question'
import Provider from '#models/provider'

/** The switch of a provider. */
@inject()
export default class ProviderActivationsController {
  constructor(private switchProvider: SwitchProvider) {}

  /** On. */
  store(ctx: HttpContext) {
    return this.#switch(ctx, true)
  }

  /** Off. */
  destroy(ctx: HttpContext) {
    return this.#switch(ctx, false)
  }

  async #switch(ctx: HttpContext, enabled: boolean) {
    const { params, response, session, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    await provider.load('activeCredential')
    if (enabled && asksFirst(ctx, provider.activeCredential)) {
      return response.redirect(`/admin/providers/${params.id}`, false, 303)
    }
    const change = await this.switchProvider.handle(provider, enabled, actorOf(ctx))
    if (change.kind === 'switched') {
      session.flash('notice', i18n.t(`admin.notices.${enabled ? 'enabled' : 'disabled'}`))
    } else {
      session.flash('problem', i18n.t(`admin.problems.${change.kind}`))
    }
    return response.redirect(`/admin/providers/${params.id}`, false, 303)
  }
}
