import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { PENDING_PURPOSES } from '#database/enums'
import { CancelPendingIdentity } from '#actions/pending/cancel_pending_identity'
import { waitingHere } from '#trip/pending'

/** The person changed their mind. */
export default class CancellationsController {
  @inject()
  async store(ctx: HttpContext, cancel: CancelPendingIdentity) {
    for (const purpose of PENDING_PURPOSES) {
      const waiting = await waitingHere(ctx, purpose)
      if (waiting) await cancel.handle(waiting.pending)
    }
    return ctx.response.redirect('/user/login', false, 303)
  }
}
