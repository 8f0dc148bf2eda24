import { randomInt } from 'node:crypto'
import { inSession } from '#auth/in_session'
import { mostOf, secondsOf } from '#limits/limits'
import OutgoingMail from '#models/outgoing_mail'
import SignInCode from '#models/sign_in_code'
import type UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'

export type CodeDispatch = 'sent' | 'no_address' | 'too_many'

/**
 * Mails six digits to a signed-in user's proved address, to be typed into the page that
 * waits in this session. A newer code voids the older one.
 */
export class SendSignInCode {
  /** @param browser the browser's secret */
  async handle(
    session: UserSession,
    { browser, locale }: { browser: string; locale: string }
  ): Promise<CodeDispatch> {
    const digits = String(randomInt(1_000_000)).padStart(6, '0')

    return inSession(session, async (user, trx) => {
      if (!user.email) return 'no_address'

      const codes = () => SignInCode.query({ client: trx }).where('userId', user.id)
      const sentAt = now()
      await codes()
        .where('createdAt', '<', sqlTime(sentAt.minus({ seconds: secondsOf('sign_in_codes') })))
        .delete()
      const lately = await codes()
      if (lately.length >= mostOf('sign_in_codes')) return 'too_many'
      await codes()
        .where('sessionId', session.id)
        .update({ expiresAt: sqlTime(sentAt) })

      const code = new SignInCode()
      code.useTransaction(trx)
      code.merge({
        publicId: newPublicId(),
        userId: user.id,
        sessionId: session.id,
        tries: 0,
        expiresAt: sentAt.plus(SignInCode.LIFETIME),
      })
      code.codeHash = code.hashOf(digits, browser)
      await code.save()
      await OutgoingMail.queue(
        {
          template: 'recent_sign_in_code',
          to: user.email,
          locale,
          data: { code: digits },
        },
        trx
      )
      return 'sent'
    })
  }
}
