import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { untilUnique } from '#actions/until_unique'
import { inEvenTime } from '#auth/even_time'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'

/**
 * Mails the link of a waiting sign-up anew; the one before is void. An address
 * that is proved already is told so, an unknown one gets nothing. The caller
 * cannot tell which it was.
 */
export class ResendConfirmation {
  /** @param email normalised */
  async handle(email: string, browserHash: string | null): Promise<void> {
    await inEvenTime(() =>
      untilUnique(() => db.transaction((trx) => this.#resend(email, browserHash, trx)))
    )
  }

  async #resend(email: string, browserHash: string | null, trx: TransactionClientContract) {
    if (await OutgoingMail.isFlooding(email, ['confirm_registration', 'address_taken'], trx)) return

    const owner = await User.withEmail(email, trx)
    if (owner) return OutgoingMail.tellTaken(owner, trx)

    const waiting = await Registration.query({ client: trx })
      .where('email', email)
      .orderBy('id', 'desc')
    const registration = waiting.find((one) => one.isFrom(browserHash)) ?? waiting.at(0)
    if (!registration) return

    const url = registration.renew()
    await registration.save()
    const { name, locale } = registration
    await OutgoingMail.queue(
      { template: 'confirm_registration', to: email, locale, data: { name, url } },
      trx
    )
  }
}
