import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

interface Ended {
  userId?: number
  identityId?: number
  /** The session in use, whose grants stay. */
  exceptSessionId?: number
}

/**
 * Ends what sites have been given of a member, or through one identity: tokens, codes and
 * what they rest on. What rests on one session needs no call: the adapter asks whether
 * that session stands.
 *
 * @param client the transaction that ends the sessions
 */
export async function endGrants(
  { userId, identityId, exceptSessionId }: Ended,
  client?: TransactionClientContract
) {
  const rows = (client ?? db).from('oidc_payloads')
  if (userId !== undefined) rows.where('user_id', userId)
  if (identityId !== undefined) rows.where('identity_id', identityId)
  if (exceptSessionId !== undefined) {
    rows.where((other) =>
      other.whereNull('user_session_id').orWhereNot('user_session_id', exceptSessionId)
    )
  }
  await rows.delete()
}
