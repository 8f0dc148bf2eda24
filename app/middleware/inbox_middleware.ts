import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { appUrl } from '#config/app'
import { delivery } from '#config/mail'

const siteHost = new URL(appUrl).host

/**
 * There is no inbox page where mails really go out, nor under another host name: a page
 * elsewhere could use one to reach into this machine (DNS rebinding) and read links that
 * sign in.
 */
export default class InboxMiddleware {
  async handle({ request, response }: HttpContext, next: NextFn) {
    if (delivery !== 'inbox' || request.header('host') !== siteHost) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    response.header('Cache-Control', 'no-store')
    return next()
  }
}
