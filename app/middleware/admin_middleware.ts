import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { providerAlerts, type ProviderAlert } from '#health/alerts'

/**
 * Behind `signedIn`: lets administrators in. To anybody else the admin pages do
 * not exist.
 */
export default class AdminMiddleware {
  async handle({ auth, request, response, view }: HttpContext, next: NextFn) {
    if (!auth.user?.isAdmin) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    response.header('Cache-Control', 'no-store')

    /* Asked for by the pages that are shown, once; not by those that only lead on. */
    let alerts: Promise<ProviderAlert[]> | undefined
    view.share({ providerAlerts: () => (alerts ??= providerAlerts()) })
    return next()
  }
}
