import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SendProofCode } from '#actions/send_proof_code'
import { refuse } from '#social/failure_notice'
import { waitingHere } from '#social/pending'

/** Mails the code that proves the account a pending identity should be joined to. */
export default class CodesController {
  @inject()
  async store(ctx: HttpContext, send: SendProofCode) {
    const { response, session, i18n } = ctx
    const waiting = await waitingHere(ctx, 'prove')
    if (!waiting) return refuse(ctx, 'proof_gone')
    const { pending, browser } = waiting

    await pending.load('targetUser')
    const { targetUser } = pending
    const isSent = await send.handle(pending, targetUser.email!, {
      browser,
      locale: targetUser.locale ?? i18n.locale,
    })
    session.flash('notice', i18n.t(`pending_identity.${isSent ? 'code_sent' : 'no_more_codes'}`))
    return response.redirect('/user/login/prove', false, 303)
  }
}
