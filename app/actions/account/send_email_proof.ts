import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { appUrl } from '#config/app'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'

/**
 * Mails a link that makes an address the proved one of a user. A link mailed before is
 * void. If somebody else has proved the address, they are told instead, and the person
 * asking learns nothing; nor does anybody who has asked too often.
 */
export class SendEmailProof {
  /**
   * @param email normalised
   * @param within the transaction of a larger flow
   */
  async handle(user: User, email: string, within?: TransactionClientContract): Promise<void> {
    await inTransaction((trx) => this.#send(user, email, trx), within)
  }

  async #send(user: User, email: string, trx: TransactionClientContract) {
    if (await OutgoingMail.isFlooding(email, ['prove_email', 'address_taken'], trx)) return

    const owner = await User.withEmail(email, trx)
    if (owner?.id === user.id) return
    if (owner) return OutgoingMail.tellAddressTaken(owner, trx)

    const token = await AccountToken.issue(user, 'prove_email', email, trx)
    await OutgoingMail.queue(
      {
        template: 'prove_email',
        to: email,
        locale: user.locale,
        data: { url: `${appUrl}/user/${user.publicId}/verify/${token}` },
      },
      trx
    )
  }
}
