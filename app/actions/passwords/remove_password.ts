import { inSession } from '#auth/in_session'
import { waysIn } from '#auth/ways_in'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { now, sqlTime } from '#time/clock'
import { endAtSites } from '#oidc/end_at_sites'

export type PasswordRemoval = 'removed' | 'none' | 'last_way_in'

/**
 * Removes a user's password, if another way to sign in remains. Sessions begun with the
 * password end, except the one in use.
 */
export class RemovePassword {
  async handle(current: UserSession): Promise<PasswordRemoval> {
    return inSession(current, async (user, trx) => {
      if (user.password === null) return 'none'

      const ways = await waysIn(user, trx)
      if (ways.count - (ways.password ? 1 : 0) < 1) return 'last_way_in'

      await User.query({ client: trx })
        .where('id', user.id)
        .update({ password: null, updatedAt: sqlTime(now()) })
      await User.outdateProofs(user.id, trx)
      const sessions = await UserSession.query({ client: trx })
        .where('userId', user.id)
        .whereNull('identityId')
        .whereNull('revokedAt')
        .whereNot('id', current.id)
        .forUpdate()
      const sessionIds = sessions.map(({ id }) => id)
      await UserSession.query({ client: trx })
        .whereIn('id', sessionIds)
        .update({ revokedAt: sqlTime(now()) })
      await endAtSites({ sessionIds }, trx)
      await WaitingSignIn.query({ client: trx })
        .where('userId', user.id)
        .whereNull('identityId')
        .delete()
      await AccountToken.voidAllOf(user, trx)
      await OutgoingMail.tellOfPassword(user, trx)
      return 'removed'
    })
  }
}
