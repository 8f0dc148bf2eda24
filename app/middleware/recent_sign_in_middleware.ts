import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { reauthenticationPage } from '#auth/recent_sign_in'

/**
 * Behind `signedIn`, before a sensitive change: the person must have proved who
 * they are within the last ten minutes. What a form sent is not kept meanwhile.
 */
export default class RecentSignInMiddleware {
  /**
   * @param page the page with the form, where it is not at the form's own address;
   *   `:id` in it stands for the one in that address
   */
  async handle(
    { auth, params, request, response }: HttpContext,
    next: NextFn,
    { page }: Options = {}
  ) {
    if (auth.use('web').isRecent) return next()

    const isForm = request.method() !== 'GET'
    const back = page?.replace(':id', encodeURIComponent(params.id)) ?? request.url(!isForm)
    return response.redirect(reauthenticationPage(back, { unchanged: isForm }), false, 303)
  }
}

interface Options {
  page?: string
}
