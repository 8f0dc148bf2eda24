import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { appUrl } from '#config/app'
import { delivery } from '#config/mail'

const siteHost = new URL(appUrl).host

/**
 * Where mails really go out, there is no inbox page; nor is there under another
 * host name, by which a page elsewhere could reach into this machine (DNS
 * rebinding) and read links that sign in.
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
