import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/**
 * Behind `signedIn`: lets administrators in. To anybody else the admin pages do
 * not exist.
 */
export default class AdminMiddleware {
  async handle({ auth, request, response }: HttpContext, next: NextFn) {
    if (!auth.user?.isAdmin) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    response.header('Cache-Control', 'no-store')
    return next()
  }
}
