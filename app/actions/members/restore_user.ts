import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { lockAdministrators, stillAdministers } from '#auth/last_administrator'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'
import { tellOfMember } from '#oidc/tell_of_member'

export type Restoration =
  { kind: 'restored' } | { kind: 'stale' } | { kind: 'not_allowed' } | { kind: 'gone' }

/** Lets a suspended person sign in again. */
export class RestoreUser {
  /** @param wish.version `User.version` that the page carries (`isStale`) */
  async handle(
    { id }: User,
    { actor, version }: { actor: Actor; version: string }
  ): Promise<Restoration> {
    return inTransaction(async (trx) => {
      await lockAdministrators(id, trx)
      const user = await User.lock(id, trx)
      if (!user) return { kind: 'gone' }
      if (!(await stillAdministers(actor, trx))) return { kind: 'not_allowed' }
      if (isStale(version, user.version) || !user.isSuspended) return { kind: 'stale' }

      const note = user.suspensionNote
      await user.merge({ suspendedAt: null, suspensionNote: null }).save()
      /* A sign-in under way at the suspension may have left a session that never worked. */
      await user.endSessions()
      await tellOfMember(user.id, 'member.restored', trx)
      await AuditEntry.record(
        {
          actor,
          action: 'user.restored',
          subject: user.asAuditSubject,
          changes: note ? { suspensionNote: { before: note, after: null } } : {},
        },
        trx
      )
      return { kind: 'restored' }
    })
  }
}
