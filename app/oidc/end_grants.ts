import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/** Whose grants end; those of `exceptSessionId`, the session in use, stay. */
type Ended = { userId: number; exceptSessionId?: number } | { identityId: number }

/**
 * Ends everything that sites were given for a member, or through one identity: tokens,
 * codes and their grants. Whatever depends on a single session needs no call, because the
 * adapter checks whether that session still exists.
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
