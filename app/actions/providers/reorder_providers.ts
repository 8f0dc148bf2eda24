import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import { now, sqlTime } from '#time/clock'

export interface NewOrder {
  /** Public ids of all providers, in their new order. */
  order: string[]
  /** `Provider.orderVersion` that the page carries: nobody reorders what they have not seen. */
  version?: string
  actor: Actor
}

export type Reordering = { kind: 'reordered' } | { kind: 'stale' }

/** Changes the order of the providers, and so of their buttons. */
export class ReorderProviders {
  async handle(
    { order, version, actor }: NewOrder,
    within?: TransactionClientContract
  ): Promise<Reordering> {
    return inTransaction(async (trx) => {
      const providers = await Provider.lockAll(trx)
      const current = providers.map(({ publicId }) => publicId)
      const isOfAll = isSame(current.toSorted(), order.toSorted())
      if (!isOfAll || isStale(version, Provider.orderVersion(providers))) {
        return { kind: 'stale' }
      }

      const reordered = providers.toSorted(
        (one, other) => order.indexOf(one.publicId) - order.indexOf(other.publicId)
      )
      const changes = changesBetween({ order: keysOf(providers) }, { order: keysOf(reordered) })
      if (Object.keys(changes).length === 0) return { kind: 'reordered' }

      for (const [index, { id }] of reordered.entries()) {
        await Provider.query({ client: trx })
          .where('id', id)
          .update({ position: index + 1, updatedAt: sqlTime(now()) })
      }
      await AuditEntry.record(
        { actor, action: 'provider.reordered', subject: { type: 'site' }, changes },
        trx
      )
      return { kind: 'reordered' }
    }, within)
  }
}

const isSame = (one: string[], other: string[]) => JSON.stringify(one) === JSON.stringify(other)

const keysOf = (providers: Provider[]) => providers.map(({ key }) => key)
