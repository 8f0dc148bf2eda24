import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { delivery } from '#config/mail'

/** Where mails really go out, there is no inbox page. */
export default class InboxMiddleware {
  async handle({ request, response }: HttpContext, next: NextFn) {
    if (delivery !== 'inbox') {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    response.header('Cache-Control', 'no-store')
    return next()
  }
}
