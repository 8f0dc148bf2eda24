import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { inEvenTime } from '#crypto/even_time'
import { appUrl } from '#config/app'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'

/**
 * Mails a link for setting a new password to the person who has proved the address. Also
 * for members who only ever used a provider: this is how they get a first password.
 * Suspended members and flooded addresses get nothing, without a sign, so that nobody can
 * find out who has an account.
 */
export class SendPasswordReset {
  /** @param email normalised */
  async handle(email: string): Promise<void> {
    await inEvenTime(() => inTransaction((trx) => this.#send(email, trx)))
  }

  async #send(email: string, trx: TransactionClientContract) {
    const user = await User.withEmail(email, trx)
    if (!user || user.isSuspended) return
    if (await OutgoingMail.isFlooding(email, ['reset_password'], trx)) return
    const token = await AccountToken.issue(user, 'reset_password', email, trx)
    const data = { url: `${appUrl}/user/password/reset/${token}` }
    await OutgoingMail.queue(
      { template: 'reset_password', to: email, locale: user.locale, data },
      trx
    )
  }
}
