import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Identity from '#models/identity'
import type User from '#models/user'

/** How a person can sign in today. */
export interface WaysIn {
  password: boolean
  /** Linked accounts of providers that exist here, including those that cannot be used today. */
  identities: Identity[]
  count: number
}

/** @param client the transaction that holds the user's row, if something depends on it */
export async function waysIn(user: User, client?: TransactionClientContract): Promise<WaysIn> {
  const all = await Identity.query({ client })
    .where('userId', user.id)
    .preload('provider')
    .orderBy('linkedAt')
    .orderBy('id')
  const identities = all.filter(({ provider }: { provider?: unknown }) => provider)
  const password = user.hasPasswordSignIn
  return {
    password,
    identities,
    count: identities.filter(({ isWayIn }) => isWayIn).length + (password ? 1 : 0),
  }
}
