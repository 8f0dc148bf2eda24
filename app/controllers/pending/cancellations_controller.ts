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
      const { pending } = waiting
      next = pending.next
      await cancel.handle(pending)
      if (pending.isNewcomers) ctx.session.flash('notice', ctx.i18n.t(farewell(ctx)))
    }
    return ctx.response.redirect(signInPage(next), false, 303)
  }
}

/** What somebody is told who has not become a member. */
function farewell({ request }: HttpContext): string {
  return request.input('because') === 'age' ? 'duties.under_age' : 'duties.not_signed_up'
}
