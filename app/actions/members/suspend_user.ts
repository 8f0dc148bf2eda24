import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { lockAdministrators, stillAdministers } from '#auth/last_administrator'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'

export type Suspension =
  | { kind: 'suspended' }
  | { kind: 'yourself' }
  | { kind: 'last_administrator' }
  | { kind: 'stale' }
  | { kind: 'not_allowed' }
  | { kind: 'gone' }

interface SuspensionInput {
  actor: Actor
  /** `User.version` that the page carries (`isStale`). */
  version: string
  /** Why, for other administrators; the person is not told. */
  note: string | null
}

/**
 * Shuts a person out, at once and in every process: sessions end, mailed links and
 * proofs under way come to nothing, and no way of signing in works until the person is
 * restored. What they wrote stays.
 */
export class SuspendUser {
  async handle({ id }: User, input: SuspensionInput): Promise<Suspension> {
    return inTransaction((trx) => this.#suspend(id, input, trx))
  }

  async #suspend(
    id: number,
    { actor, version, note }: SuspensionInput,
    trx: TransactionClientContract
  ): Promise<Suspension> {
    const otherAdministrators = await lockAdministrators(id, trx)
    const user = await User.lock(id, trx)
    if (!user) return { kind: 'gone' }
    if (!(await stillAdministers(actor, trx))) return { kind: 'not_allowed' }
    if (isStale(version, user.version) || user.isSuspended) return { kind: 'stale' }
    if (user.id === actor.userId) return { kind: 'yourself' }
    if (user.isAdmin && otherAdministrators === 0) return { kind: 'last_administrator' }

    await user.suspend(note, trx)
    await AuditEntry.record(
      {
        actor,
        action: 'user.suspended',
        subject: user.asAuditSubject,
        changes: note ? { suspensionNote: { before: null, after: note } } : {},
      },
      trx
    )
    return { kind: 'suspended' }
  }
}
