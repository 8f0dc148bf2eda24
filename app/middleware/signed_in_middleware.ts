import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Sends a visitor to the sign-in page, and afterwards back to where they wanted to go. */
export default class SignedInMiddleware {
  async handle({ auth, request, response }: HttpContext, next: NextFn) {
    if (auth.isAuthenticated) return next()

    const wanted = request.method() === 'GET' ? request.url(true) : undefined
    return response
      .redirect()
      .status(303)
      .toPath(wanted ? `/user/login?next=${encodeURIComponent(wanted)}` : '/user/login')
  }
}
