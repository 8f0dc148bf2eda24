import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { AccessEnded } from '#exceptions/access_ended'
import type User from '#models/user'
import type UserSession from '#models/user_session'

/**
 * Makes a change that a signed-in person asked for, in one transaction, provided their
 * session still stands once their row is locked. The request may have waited a long time
 * for a provider, a password hash or the database, and the account's owner may have ended
 * the session by then.
 *
 * @param session as the request came with it
 * @throws AccessEnded and changes nothing if it has ended or its proof is too old
 */
export function inSession<T>(
  session: UserSession,
  change: (user: User, trx: TransactionClientContract, session: UserSession) => Promise<T>
): Promise<T> {
  return inTransaction(async (trx) => {
    const held = await holdSession(session, trx)
    return change(held.user, trx, held)
  })
}

/**
 * Locks the person's row and checks that the session still stands; for a flow that has to
 * lock other rows first.
 *
 * @returns the session with its person, both as they are now
 * @throws AccessEnded
 */
export async function holdSession(
  session: UserSession,
  trx: TransactionClientContract
): Promise<UserSession> {
  return stillGood(session, await session.hold(trx))
}

/**
 * Checks that the session still stands, for a change that reaches beyond the person's own
 * account.
 *
 * @throws AccessEnded
 */
export async function askSession(session: UserSession, trx: TransactionClientContract) {
  stillGood(session, await session.inForce(trx))
}

function stillGood({ mustBeRecent }: UserSession, held: UserSession | null): UserSession {
  if (!held) throw new AccessEnded('session')
  if (mustBeRecent && !held.isRecent) throw new AccessEnded('proof')
  return held
}
