import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#audit/actor'
import { lockAdministrators } from '#auth/last_administrator'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'

export type RoleChange = { kind: 'changed' } | { kind: 'last_administrator' } | { kind: 'gone' }

/**
 * Makes a person an administrator, or a member again. Their sessions end: what
 * is open in a browser was opened under the other role. The last administrator
 * who can sign in stays one.
 */
export class ChangeRole {
  async handle({ id }: User, role: User['role'], actor: Actor): Promise<RoleChange> {
    return db.transaction(async (trx) => {
      const otherAdministrators = await lockAdministrators(id, trx)
      const user = await User.lock(id, trx)
      if (!user) return { kind: 'gone' }
      if (user.role === role) return { kind: 'changed' }
      if (role === 'member' && otherAdministrators === 0) return { kind: 'last_administrator' }

      const before = user.role
      await user.merge({ role }).save()
      await user.endSessions()
      await AuditEntry.record(
        {
          actor,
          action: role === 'admin' ? 'administrator.promoted' : 'administrator.demoted',
          subject: user.asAuditSubject,
          changes: { role: { before, after: role } },
        },
        trx
      )
      return { kind: 'changed' }
    })
  }
}
