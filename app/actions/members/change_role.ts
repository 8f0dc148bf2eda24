import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { lockAdministrators, stillAdministers } from '#auth/last_administrator'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'

export type RoleChange =
  | { kind: 'changed' }
  | { kind: 'last_administrator' }
  /** A suspended user cannot become an administrator. */
  | { kind: 'suspended' }
  /** The person has changed since the page showed them. */
  | { kind: 'stale' }
  /** The person asking is no longer an administrator. */
  | { kind: 'not_allowed' }
  | { kind: 'gone' }

interface RoleInput {
  role: User['role']
  actor: Actor
  /** `User.version` that the page carries (`isStale`). */
  version?: string
}

/**
 * Makes a person an administrator, or a member again. Their sessions end: what is open
 * in a browser was opened under the other role. The last administrator who can sign in
 * keeps the role.
 */
export class ChangeRole {
  async handle({ id }: User, input: RoleInput): Promise<RoleChange> {
    return inTransaction((trx) => this.#change(id, input, trx))
  }

  async #change(
    id: number,
    { role, actor, version }: RoleInput,
    trx: TransactionClientContract
  ): Promise<RoleChange> {
    const otherAdministrators = await lockAdministrators(id, trx)
    const user = await User.lock(id, trx)
    if (!user) return { kind: 'gone' }
    if (!(await stillAdministers(actor, trx))) return { kind: 'not_allowed' }
    if (isStale(version, user.version)) return { kind: 'stale' }
    if (user.role === role) return { kind: 'changed' }
    if (role === 'admin' && user.isSuspended) return { kind: 'suspended' }
    if (role === 'member' && otherAdministrators === 0) return { kind: 'last_administrator' }

    const before = user.role
    await user.merge({ role }).save()
    await AuditEntry.record(
      {
        actor,
        action: role === 'admin' ? 'administrator.promoted' : 'administrator.demoted',
        subject: user.asAuditSubject,
        changes: { role: { before, after: role } },
      },
      trx
    )
    await user.endSessions()
    return { kind: 'changed' }
  }
}
