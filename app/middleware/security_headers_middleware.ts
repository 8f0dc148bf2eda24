import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { isHttps } from '#start/env'

/*
 * Vite's development server injects styles and talks over a socket. `node ace serve` sets
 * DEV_MODE, and @adonisjs/vite runs that server only if it is set; `npm start` serves
 * built files in development too, without it.
 */
const forVite = app.inDev && !!process.env.DEV_MODE

function contentSecurityPolicy(formAction: string) {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'${forVite ? ` 'unsafe-inline'` : ''}`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${forVite ? ' ws:' : ''}`,
    `form-action ${formAction}`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

const ordinaryPolicy = contentSecurityPolicy(`'self'`)

/**
 * For a page with a form that leads elsewhere: Chromium checks every hop of the redirect
 * that follows a form.
 *
 * @param sources in addition to this site
 */
export function allowForms(response: HttpContext['response'], sources: string[]) {
  response.header(
    'Content-Security-Policy',
    contentSecurityPolicy([`'self'`, ...new Set(sources)].join(' '))
  )
}

/* Personal, administrative and sign-in pages, including addresses that do not exist. */
const NOT_FOR_SEARCH_ENGINES = /^\/(admin|account|user)(\/|$)/i

/** The headers of every response, by name. */
export function securityHeaders(): Record<string, string> {
  return {
    'Content-Security-Policy': ordinaryPolicy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
    ...(isHttps && { 'Strict-Transport-Security': 'max-age=15552000' }),
  }
}

/** Sets the headers of every response, including 404s and static files. */
export default class SecurityHeadersMiddleware {
  handle({ request, response }: HttpContext, next: NextFn) {
    for (const [name, value] of Object.entries(securityHeaders())) response.header(name, value)
    if (NOT_FOR_SEARCH_ENGINES.test(request.url())) {
      response.header('X-Robots-Tag', 'noindex, nofollow')
    }
    return next()
  }
}
