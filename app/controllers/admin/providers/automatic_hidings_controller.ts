import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { UnhideProvider } from '#actions/providers/unhide_provider'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'

/** The button of a failing provider, hidden automatically. */
export default class AutomaticHidingsController {
  /** Shows it again now. A second or late press finds it already done. */
  @inject()
  async destroy(ctx: HttpContext, unhide: UnhideProvider) {
    const { params, response, session, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    await unhide.handle(provider, actorOf(ctx))
    session.flash('notice', i18n.t('health.offered_again', { label: provider.label }))
    return response.redirect(`/admin/providers/${params.id}/health`, false, 303)
  }
}
