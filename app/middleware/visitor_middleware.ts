import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Finds out who is looking, for every page; most are open to anyone. */
export default class VisitorMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    await ctx.auth.check()
    const signedIn = ctx.auth.isAuthenticated
    ctx.view.share({ currentUser: ctx.auth.user ?? null })
    if (signedIn) ctx.response.header('Cache-Control', 'no-store')
    return next()
  }
}
