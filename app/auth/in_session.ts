import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { AccessEnded } from '#exceptions/access_ended'
import type User from '#models/user'
import type UserSession from '#models/user_session'

/**
 * Makes a change that somebody signed in asked for, in one transaction, if their
 * session still stands once their row is locked. A request may have waited long for
 * a provider, for a password's hash or for the database, and whoever owns the account
 * may have ended the session by then.
 *
 * @param session as the request came with it
 * @throws AccessEnded and changes nothing, when it has ended or its proof is too old
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
 * Locks the person's row and asks whether the session still stands; for a flow that
 * has to lock others first.
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
 * Asks whether the session still stands, for a change that touches more than the
 * person's own account.
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
