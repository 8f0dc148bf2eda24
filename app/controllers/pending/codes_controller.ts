import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SendProofCode } from '#actions/pending/send_proof_code'
import { sentWords } from '#mails/sent_words'
import { nothingWaits, waitingHere } from '#trip/pending'

/** Mails the code that proves the account a pending identity is to be joined to. */
export default class CodesController {
  @inject()
  async store(ctx: HttpContext, send: SendProofCode) {
    const { response, session, i18n } = ctx
    const waiting = await waitingHere(ctx, 'prove')
    if (!waiting) return nothingWaits(ctx)
    const { pending, browser } = waiting

    await pending.load('targetUser')
    const { targetUser } = pending
    if (!targetUser?.email) return nothingWaits(ctx)
    const isSent = await send.handle(pending, targetUser.email, {
      browser,
      locale: targetUser.locale ?? i18n.locale,
    })
    session.flash(
      'notice',
      i18n.t(isSent ? sentWords('pending_identity.code_sent') : 'pending_identity.no_more_codes')
    )
    return response.redirect('/user/login/prove', false, 303)
  }
}
