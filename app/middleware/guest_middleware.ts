import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { safeNext } from '#auth/next'

/** Sends people who are already signed in on to where the page would lead. */
export default class GuestMiddleware {
  async handle({ auth, request, response }: HttpContext, next: NextFn) {
    if (!auth.isAuthenticated) return next()
    return response
      .redirect()
      .status(303)
      .toPath(safeNext(request.input('next')) ?? '/')
  }
}
