import { I18n } from '@adonisjs/i18n'
import i18nManager from '@adonisjs/i18n/services/main'
import type { NextFn } from '@adonisjs/core/types/http'
import { type HttpContext, RequestValidator } from '@adonisjs/core/http'
import { readCookie } from '#auth/cookies'

/**
 * The language of this request: the one a site asked for (`oidc/ui_locales.ts`), else
 * `Accept-Language`, or Korean when that names none of ours. Runs before the router, so
 * that a 404 is translated too.
 */
export default class LocaleMiddleware {
  static {
    RequestValidator.messagesProvider = (ctx) => ctx.i18n.createMessagesProvider()
  }

  handle(ctx: HttpContext, next: NextFn) {
    const chosen = readCookie(ctx, 'locale')
    const languages = ctx.request.languages()
    const locale = i18nManager.getSupportedLocaleFor(
      typeof chosen === 'string' ? [chosen, ...languages] : languages
    )
    ctx.i18n = i18nManager.locale(locale ?? i18nManager.defaultLocale)
    ctx.containerResolver.bindValue(I18n, ctx.i18n)
    return next()
  }
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    i18n: I18n
  }
}
