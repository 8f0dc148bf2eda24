import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inSession } from '#auth/in_session'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'
import type UserSession from '#models/user_session'

export type EmailProof = { kind: 'proved'; email: string } | { kind: 'taken' } | { kind: 'gone' }

/**
 * Makes the address of a `prove_email` token its user's proved one, and tells the
 * former address. Every other link mailed to the user is void.
 */
export class ProveEmail {
  /** @param session of the person whose token it is */
  async handle(token: AccountToken, session: UserSession): Promise<EmailProof> {
    return inSession(session, (user, trx) => this.#prove(token, user, trx))
  }

  async #prove(
    token: AccountToken,
    user: User,
    trx: TransactionClientContract
  ): Promise<EmailProof> {
    const { email } = token
    if (!(await token.use(trx)) || email === null) return { kind: 'gone' }

    const owner = await User.withEmail(email, trx)
    if (owner && owner.id !== user.id) return { kind: 'taken' }

    const former = user.email
    await user.proveEmail(email, trx)
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
