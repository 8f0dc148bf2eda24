import { inTransaction } from '#database/transaction'
import type Identity from '#models/identity'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now } from '#time/clock'

/**
 * Records that a provider says the link with a person has ended: it is not a way in
 * until they sign in through it again, and every session that came through it ends,
 * with a reason that the sign-in page shows.
 */
export class NoteUnlinked {
  /**
   * @param identity as it was when the provider said so; a sign-in or new tokens since
   *   then prove otherwise
   * @returns whether this call ended the link
   */
  async handle(identity: Identity): Promise<boolean> {
    return inTransaction(async (trx) => {
      await User.lock(identity.userId, trx)
      if (!(await identity.endLink(now(), trx))) return false
      await UserSession.endThrough(identity, 'unlinked', trx)
      return true
    })
  }
}
