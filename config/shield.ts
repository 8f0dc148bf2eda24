import { defineConfig } from '@adonisjs/shield'

/*
 * Shield checks forms against forgery. The security headers are set by
 * app/middleware/security_headers_middleware.ts, because Shield runs behind the
 * router and would miss 404s and static files.
 */
const shieldConfig = defineConfig({
  csrf: {
    enabled: true,
    exceptRoutes: [],
    enableXsrfCookie: false,
    methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  },
  csp: { enabled: false },
  xFrame: { enabled: false },
  hsts: { enabled: false },
  contentTypeSniffing: { enabled: false },
})

export default shieldConfig
