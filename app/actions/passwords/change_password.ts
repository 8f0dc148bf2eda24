import hash from '@adonisjs/core/services/hash'
import { inSession } from '#auth/in_session'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import type User from '#models/user'
import type UserSession from '#models/user_session'

export type PasswordChange = 'changed' | 'stale'

/**
 * Sets or changes a password. Everything made under the former one ends: all other
 * sessions, and every mailed link.
 */
export class ChangePassword {
  /**
   * @param user as read with the request, so with the password that was confirmed
   * @param current the session that stays
   */
  async handle(user: User, password: string, current: UserSession): Promise<PasswordChange> {
    /* Hashing is slow, so it stays outside the transaction. */
    const hashed = await hash.make(password)

    return inSession(current, async (locked, trx) => {
      if (locked.password !== user.password) return 'stale'

      await locked.keepPasswordHash(hashed, trx)
      await locked.endSessions({ except: current })
      await AccountToken.voidAllOf(locked, trx)
      await OutgoingMail.tellOfPassword(locked, trx)
      return 'changed'
    })
  }
}
