import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/**
 * Whose grants end: a member's, but for those of `exceptSessionId`, the session in use;
 * a member's at one site, by its `clientId`; those that began through an identity.
 */
type Ended =
  | { userId: number; exceptSessionId?: number }
  | { userId: number; clientId: string }
  | { identityId: number }

/**
 * Ends everything that sites were given for a member, at one site, or through one
 * identity: tokens, codes and their grants. A sign-out needs no call:
 * `OidcPayload.inForce` skips rows whose session has ended. Tokens of sites with
 * `offline_access` survive it (`mayStay` in `oidc/provider.ts`).
 *
 * @param client the transaction that ends the sessions
 */
export async function endGrants(ended: Ended, client?: TransactionClientContract) {
  const rows = (client ?? db).from('oidc_payloads')
  if ('identityId' in ended) {
    await rows.where('identity_id', ended.identityId).delete()
    return
  }
  rows.where('user_id', ended.userId)
  if ('clientId' in ended) {
    rows.where('client_id', ended.clientId)
  } else if (ended.exceptSessionId !== undefined) {
    const { exceptSessionId } = ended
    rows.where((other) =>
      other.whereNull('user_session_id').orWhereNot('user_session_id', exceptSessionId)
    )
  }
  await rows.delete()
}
