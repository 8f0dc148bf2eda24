import hash from '@adonisjs/core/services/hash'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import AccountToken from '#models/account_token'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'

export type PasswordReset = { kind: 'reset'; user: User } | { kind: 'gone' }

export interface NewPassword {
  password: string
  /** The owner fears that somebody else connected a provider, so none stays. */
  disconnectAll: boolean
}

/**
 * Sets a new password through a mailed link. Ends every session, voids every other
 * mailed link and tells the owner; signs nobody in. Disconnects every provider if the
 * owner wants that.
 */
export class ResetPassword {
  async handle(
    token: AccountToken,
    { password, disconnectAll }: NewPassword
  ): Promise<PasswordReset> {
    const hashed = await hash.make(password)
    return inTransaction((trx) => this.#reset(token, { hashed, disconnectAll }, trx))
  }

  async #reset(
    token: AccountToken,
    { hashed, disconnectAll }: { hashed: string; disconnectAll: boolean },
    trx: TransactionClientContract
  ): Promise<PasswordReset> {
    const user = await User.lock(token.userId, trx)
    if (!(await token.use(trx)) || !user || user.isSuspended) return { kind: 'gone' }
    const { email } = user
    if (email === null || email !== token.email) return { kind: 'gone' }

    await user.keepPasswordHash(hashed, trx)
    await user.endSessions()
    if (disconnectAll) await this.#disconnectAll(user, trx)
    await AccountToken.voidAllOf(user, trx)
    await Registration.makeVoid(email, trx)
    await OutgoingMail.tellOfPassword(user, trx)
    return { kind: 'reset', user: await user.refresh() }
  }

  /** A link that a stranger made ends at the provider too. */
  async #disconnectAll(user: User, trx: TransactionClientContract) {
    const identities = Identity.query({ client: trx }).where('userId', user.id).preload('provider')
    for (const identity of await identities) {
      await identity.disconnect({ cause: 'disconnected', person: user }, trx)
    }
  }
}
