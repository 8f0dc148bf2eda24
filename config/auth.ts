import { defineConfig } from '@adonisjs/auth'
import type { HttpContext } from '@adonisjs/core/http'
import type { InferAuthenticators } from '@adonisjs/auth/types'
import { UserSessionGuard } from '#auth/user_session_guard'

const authConfig = defineConfig({
  default: 'web',
  guards: { web: (ctx: HttpContext) => new UserSessionGuard(ctx) },
})

export default authConfig

declare module '@adonisjs/auth/types' {
  export interface Authenticators extends InferAuthenticators<typeof authConfig> {}
}
