import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { inEvenTime } from '#crypto/even_time'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'

/**
 * Mails the link of a waiting sign-up again. In the browser that signed up, the
 * previous link is void; in any other, both work until the first ends. The owner of a
 * proved address is told so, an unknown address gets nothing. The caller cannot tell
 * which it was.
 */
export class ResendConfirmation {
  /** @param email normalised */
  async handle(email: string, browserHash: string | null): Promise<void> {
    await inEvenTime(() => inTransaction((trx) => this.#resend(email, browserHash, trx)))
  }

  async #resend(email: string, browserHash: string | null, trx: TransactionClientContract) {
    if (await OutgoingMail.isFlooding(email, ['confirm_registration', 'address_taken'], trx)) return

    const owner = await User.withEmail(email, trx)
    if (owner) return OutgoingMail.tellAddressTaken(owner, trx)

    const waiting = await Registration.query({ client: trx })
      .where('email', email)
      .orderBy('id', 'desc')
    const own = waiting.find((one) => one.isFrom(browserHash))
    const registration = own ?? waiting.at(0)
    if (!registration) return

    const { locale } = registration
    const url = own ? await this.#renew(own) : await this.#copy(registration, trx)
    await OutgoingMail.queue(
      { template: 'confirm_registration', to: email, locale, data: { url } },
      trx
    )
  }

  async #renew(own: Registration): Promise<string> {
    const url = own.renew()
    await own.save()
    return url
  }

  /** A stranger's request must neither end the owner's link nor keep a sign-up alive. */
  async #copy(registration: Registration, trx: TransactionClientContract): Promise<string> {
    const { copy, url } = registration.withAnotherLink()
    await copy.useTransaction(trx).save()
    return url
  }
}
