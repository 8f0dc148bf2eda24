import type { HttpContext } from '@adonisjs/core/http'
import { waitingHere } from '#social/pending'

/** The person would rather not. */
export default class CancellationsController {
  async store(ctx: HttpContext) {
    for (const purpose of ['prove', 'complete'] as const) {
      const waiting = await waitingHere(ctx, purpose)
      await waiting?.pending.delete()
    }
    return ctx.response.redirect('/user/login', false, 303)
  }
}
