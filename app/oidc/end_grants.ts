import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/** Whose, or through which identity; `exceptSessionId` is the session in use, whose grants stay. */
type Ended = { userId: number; exceptSessionId?: number } | { identityId: number }

/**
 * Ends what sites have been given of a member, or through one identity: tokens, codes and
 * what they rest on. What rests on one session needs no call: the adapter asks whether
 * that session stands.
 *
 * @param client the transaction that ends the sessions
 */
export async function endGrants(ended: Ended, client?: TransactionClientContract) {
  const rows = (client ?? db).from('oidc_payloads')
  if ('identityId' in ended) {
    await rows.where('identity_id', ended.identityId).delete()
    return
  }
  const { userId, exceptSessionId } = ended
  rows.where('user_id', userId)
  if (exceptSessionId !== undefined) {
    rows.where((other) =>
      other.whereNull('user_session_id').orWhereNot('user_session_id', exceptSessionId)
    )
  }
  await rows.delete()
}
