import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { providerAlerts, type ProviderAlert } from '#health/alerts'
import type Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import SiteSetting from '#models/site_setting'

/**
 * Behind `signedIn`: lets administrators in. For anybody else the admin pages do not
 * exist. Where a second factor is required, an administrator without one is sent to set
 * it up first.
 */
export default class AdminMiddleware {
  async handle({ auth, request, response, view }: HttpContext, next: NextFn) {
    const { user } = auth
    if (!user?.isAdmin) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    if (!user.hasSecondFactor && (await SiteSetting.read('requireSecondFactor'))) {
      return response.redirect('/account/second_factor', false, 303)
    }
    response.header('Cache-Control', 'no-store')

    /* Loaded once, by pages that render; pages that only redirect never load them. */
    let alerts: Promise<ProviderAlert[]> | undefined
    let held: Promise<Provider[]> | undefined
    view.share({
      providerAlerts: () => (alerts ??= providerAlerts()),
      heldProviders: () => (held ??= ReceivedNotice.heldProviders()),
    })
    return next()
  }
}
