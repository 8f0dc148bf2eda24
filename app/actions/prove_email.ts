import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { untilUnique } from '#actions/until_unique'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'

export type EmailProof = { kind: 'proved'; email: string } | { kind: 'taken' } | { kind: 'gone' }

/**
 * Makes the address of a `prove_email` token the proved one of its user, and
 * tells the former address. Every other link mailed to the user is void.
 */
export class ProveEmail {
  async handle(token: AccountToken): Promise<EmailProof> {
    return untilUnique(() => db.transaction((trx) => this.#prove(token, trx)))
  }

  async #prove(token: AccountToken, trx: TransactionClientContract): Promise<EmailProof> {
    const { email, userId } = token
    if (!(await token.use(trx)) || email === null) return { kind: 'gone' }

    const owner = await User.withEmail(email, trx)
    if (owner && owner.id !== userId) return { kind: 'taken' }

    const user = await User.findOrFail(userId, { client: trx })
    const former = user.email
    user.email = email
    await user.save()

    await AccountToken.voidAllOf(user, trx)
    await Registration.makeVoid(email, trx)
    if (former !== null && former !== email) {
      await OutgoingMail.queue(
        { template: 'email_changed', to: former, locale: user.locale, data: { newEmail: email } },
        trx
      )
    }
    return { kind: 'proved', email }
  }
}
