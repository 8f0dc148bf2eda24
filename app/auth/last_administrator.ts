import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import User from '#models/user'

/**
 * Locks the rows of all administrators, so that if two leave at once, the second sees
 * that the first has left.
 *
 * @returns how many others besides this one can still sign in
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
 * Whether the person who pressed a button may still act once the administrators' rows are
 * locked: another administrator may have revoked that right while the request waited.
 */
export async function stillAdministers(
  { via, userId }: Actor,
  client: TransactionClientContract
): Promise<boolean> {
  if (via !== 'page') return true
  const user = await User.find(userId, { client })
  return user !== null && user.isAdmin && !user.isSuspended
}
