import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { safeNext, signInPage } from '#auth/next'

/** Sends a visitor to the sign-in page, and then back to where they wanted to go. */
export default class SignedInMiddleware {
  async handle({ auth, request, response }: HttpContext, next: NextFn) {
    if (auth.isAuthenticated) return next()

    /* An endless address would not fit into a header. */
    const wanted = request.method() === 'GET' ? safeNext(request.url(true)) : null
    return response.redirect().status(303).toPath(signInPage(wanted))
  }
}
