import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'

server.errorHandler(() => import('#exceptions/handler'))

/* On every request, including those for files and for addresses that do not exist. */
server.use([
  () => import('#middleware/container_bindings_middleware'),
  () => import('#middleware/security_headers_middleware'),
  () => import('#middleware/locale_middleware'),
  () => import('#middleware/oidc_middleware'),
  () => import('#middleware/sandbox_middleware'),
  () => import('#middleware/static_files_middleware'),
  () => import('@adonisjs/vite/vite_middleware'),
])

router.use([() => import('#middleware/body_parser_middleware')])

/*
 * Named, so that routes for machines (health, webhooks) stay without session and CSRF.
 * `start/routes.ts` gives the pages all seven from `unattended` to `visitor`.
 */
export const middleware = router.named({
  unattended: () => import('#middleware/unattended_middleware'),
  canonicalHost: () => import('#middleware/canonical_host_middleware'),
  session: () => import('@adonisjs/session/session_middleware'),
  formToken: () => import('#middleware/form_token_middleware'),
  shield: () => import('@adonisjs/shield/shield_middleware'),
  auth: () => import('@adonisjs/auth/initialize_auth_middleware'),
  visitor: () => import('#middleware/visitor_middleware'),
  guest: () => import('#middleware/guest_middleware'),
  signedIn: () => import('#middleware/signed_in_middleware'),
  recent: () => import('#middleware/recent_sign_in_middleware'),
  admin: () => import('#middleware/admin_middleware'),
  limit: () => import('#middleware/limit_middleware'),
  adminLimits: () => import('#middleware/admin_limits_middleware'),
  board: () => import('#middleware/board_middleware'),
  inbox: () => import('#middleware/inbox_middleware'),
  compress: () => import('#middleware/compress_middleware'),
})
