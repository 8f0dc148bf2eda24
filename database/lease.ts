import type { DateTime, DurationLike } from 'luxon'
import type { LucidModel, ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import { affectedOne } from '#database/affected'
import { now, sqlTime } from '#time/clock'

/** A row that only one process at a time works on. */
interface LeasableRow {
  id: number
  leaseUntil: DateTime | null
}

type Rows = ModelQueryBuilderContract<LucidModel, any>

/** How long a process has a row to itself, unless it renews the lease. */
export const LEASE = { seconds: 30 }

/** Narrows a query to rows that no process holds. */
export function unleased<Query extends Rows>(rows: Query): Query {
  rows.where((row) => row.whereNull('leaseUntil').orWhere('leaseUntil', '<=', sqlTime(now())))
  return rows
}

/**
 * Narrows a query to this row while the caller's lease of it holds: a lease that ran out
 * and was taken over has a different end.
 */
export function leased<Query extends Rows>(rows: Query, { id, leaseUntil }: LeasableRow): Query {
  rows.where('id', id).where('leaseUntil', sqlTime(leaseUntil ?? now()))
  return rows
}

/**
 * Takes or renews the lease of a row, if it is among these rows.
 *
 * @param rows `unleased` ones to take it, the `leased` one to renew it
 * @returns whether the caller has the row to itself now; of two processes one gets
 *   `false`
 */
export async function lease(
  row: LeasableRow,
  rows: Rows,
  duration: DurationLike = LEASE
): Promise<boolean> {
  const leaseUntil: DateTime = now().plus(duration)
  const taken = await affectedOne(
    rows.where('id', row.id).update({ leaseUntil: sqlTime(leaseUntil) })
  )
  if (taken) row.leaseUntil = leaseUntil
  return taken
}
