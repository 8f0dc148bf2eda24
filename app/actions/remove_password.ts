import db from '@adonisjs/lucid/services/db'
import { untilUnique } from '#actions/until_unique'
import { waysIn } from '#auth/ways_in'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { now, sqlTime } from '#models/clock'

export type PasswordRemoval = 'removed' | 'none' | 'last_way_in'

/**
 * Takes a person's password away, if another way to sign in remains. Sessions
 * that came by the password end, but for the one in use.
 */
export class RemovePassword {
  async handle(user: User, current: UserSession): Promise<PasswordRemoval> {
    return untilUnique(() =>
      db.transaction(async (trx) => {
        const locked = await User.lock(user.id, trx)
        if (!locked || locked.password === null) return 'none'

        const ways = await waysIn(locked, trx)
        if (ways.count - (ways.password ? 1 : 0) < 1) return 'last_way_in'

        await User.query({ client: trx })
          .where('id', user.id)
          .update({ password: null, updatedAt: sqlTime(now()) })
        await UserSession.query({ client: trx })
          .where('userId', user.id)
          .whereNull('identityId')
          .whereNull('revokedAt')
          .whereNot('id', current.id)
          .update({ revokedAt: sqlTime(now()) })
        await WaitingSignIn.query({ client: trx })
          .where('userId', user.id)
          .whereNull('identityId')
          .delete()
        await AccountToken.voidAllOf(locked, trx)
        await OutgoingMail.tellOfPassword(locked, trx)
        return 'removed'
      })
    )
  }
}
