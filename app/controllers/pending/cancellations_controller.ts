import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { PENDING_PURPOSES } from '#database/enums'
import { CancelPendingIdentity } from '#actions/pending/cancel_pending_identity'
import { safeNext, signInPage } from '#auth/next'
import { waitingHere } from '#trip/pending'

/** The person changed their mind about this account at the provider, not about where to go. */
export default class CancellationsController {
  @inject()
  async store(ctx: HttpContext, cancel: CancelPendingIdentity) {
    let next = safeNext(ctx.request.input('next'))
    for (const purpose of PENDING_PURPOSES) {
      const waiting = await waitingHere(ctx, purpose)
      if (!waiting) continue
      next = waiting.pending.next
      await cancel.handle(waiting.pending)
    }
    return ctx.response.redirect(signInPage(next), false, 303)
  }
}
