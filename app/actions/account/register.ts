import hash from '@adonisjs/core/services/hash'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { inEvenTime } from '#crypto/even_time'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'
import type { Agreed } from '#duties/agreed'
import type { Next } from '#auth/next'

interface SignUp {
  /** Normalised. */
  email: string
  name: string
  password: string
  /** Of the browser in which it was typed. */
  browserHash: string
  locale: string
  next: Next | null
  agreed: Agreed
}

/**
 * Accepts a sign-up and mails a link to its address. Only the owner of the address
 * learns, by mail, whether it has an account; neither the result nor the time taken
 * tells the caller.
 */
export class Register {
  async handle({ password, ...signUp }: SignUp): Promise<void> {
    const hashed = await hash.make(password)
    await inEvenTime(() => inTransaction((trx) => this.#write({ ...signUp, hashed }, trx)))
  }

  async #write(
    { hashed, ...signUp }: Omit<SignUp, 'password'> & { hashed: string },
    trx: TransactionClientContract
  ) {
    const { email, browserHash, locale } = signUp
    if (await OutgoingMail.isFlooding(email, ['confirm_registration', 'address_taken'], trx)) return

    const owner = await User.withEmail(email, trx)
    if (owner) return OutgoingMail.tellAddressTaken(owner, trx)

    /* A second sign-up in the same browser replaces the first; those of other browsers stay. */
    await Registration.query({ client: trx }).where({ email, browserHash }).delete()
    const registration = new Registration().merge({ ...signUp, password: hashed, tries: 0 })
    const url = registration.renew()
    await registration.useTransaction(trx).save()
    await OutgoingMail.queue(
      { template: 'confirm_registration', to: email, locale, data: { url } },
      trx
    )
  }
}
