import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import User from '#models/user'

/**
 * Takes the rows of all administrators, so that of two who leave at once the
 * second sees that the first has.
 *
 * @returns how many there are besides this one who can still sign in
 */
export async function lockAdministrators(
  userId: number,
  client: TransactionClientContract
): Promise<number> {
  await User.query({ client }).where('role', 'admin').update({ role: 'admin' })
  const others = await User.query({ client })
    .where('role', 'admin')
    .whereNull('suspendedAt')
    .whereNot('id', userId)
  return others.length
}

/**
 * Whether whoever pressed a button may still act, once the administrators'
 * rows are taken: another one may have ended that while the request waited.
 */
export async function stillAdministers(
  { via, userId }: Actor,
  client: TransactionClientContract
): Promise<boolean> {
  if (via !== 'page') return true
  const user = await User.find(userId, { client })
  return user !== null && user.isAdmin && !user.isSuspended
}
