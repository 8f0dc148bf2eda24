import type { HttpContext } from '@adonisjs/core/http'
import { defineConfig } from '@adonisjs/shield'
import { appUrl } from '#config/app'

/*
 * Shield checks forms against forgery. The security headers are set by
 * app/middleware/security_headers_middleware.ts, because Shield runs behind the
 * router and would miss 404s and static files.
 */
const shieldConfig = defineConfig({
  csrf: {
    enabled: true,
    exceptRoutes: isOwnSignOut,
    enableXsrfCookie: false,
    methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  },
  csp: { enabled: false },
  xFrame: { enabled: false },
  hsts: { enabled: false },
  contentTypeSniffing: { enabled: false },
})

/**
 * Whether our own page signs somebody out, by the browser's word. A tab that was left
 * open has the token of a session that is over, and whoever wants to leave must be able
 * to; another site's form carries another word, or none.
 */
function isOwnSignOut({ request, route }: HttpContext): boolean {
  if (route?.pattern !== '/user/logout') return false
  const site = request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  return request.header('origin') === new URL(appUrl).origin
}

export default shieldConfig
