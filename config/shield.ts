import type { HttpContext } from '@adonisjs/core/http'
import { defineConfig } from '@adonisjs/shield'
import { appUrl } from '#config/app'

/*
 * Shield protects forms against forgery. The security headers are set by
 * app/middleware/security_headers_middleware.ts, because Shield runs behind the router
 * and would miss 404s and static files.
 */
const shieldConfig = defineConfig({
  csrf: {
    enabled: true,
    exceptRoutes: isExcepted,
    enableXsrfCookie: false,
    methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  },
  csp: { enabled: false },
  xFrame: { enabled: false },
  hsts: { enabled: false },
  contentTypeSniffing: { enabled: false },
})

/** A site's form that asks for a sign-out changes nothing: it only opens the page that does. */
function isExcepted(ctx: HttpContext): boolean {
  return ctx.route?.pattern === '/oidc/session/end' || isOwnSignOut(ctx)
}

/**
 * Whether our own page is signing someone out, according to the browser. A tab that was
 * left open has the token of a session that is over, and its user must still be able to
 * leave; another site's form carries another value, or none.
 */
function isOwnSignOut({ request, route }: HttpContext): boolean {
  if (route?.pattern !== '/user/logout') return false
  const site = request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  return request.header('origin') === new URL(appUrl).origin
}

export default shieldConfig
