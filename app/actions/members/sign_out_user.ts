import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { deviceOf } from '#auth/device'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'
import UserSession from '#models/user_session'

export type SigningOut =
  | { kind: 'signed_out'; sessions: number }
  /** Nothing was left to end. */
  | { kind: 'nothing_to_end' }
  | { kind: 'gone' }

/** Ends another user's sessions: on one device, or all of them. */
export class SignOutUser {
  /** @param device public id of one of this user's sessions; `null` for all */
  async handle({ id }: User, device: string | null, actor: Actor): Promise<SigningOut> {
    return inTransaction(async (trx) => {
      const user = await User.lock(id, trx)
      if (!user) return { kind: 'gone' }
      const alive = UserSession.aliveOf(user.id, trx)
      if (device !== null) alive.where('publicId', device)
      const sessions = await alive
      if (sessions.length === 0) return { kind: 'nothing_to_end' }

      await AuditEntry.record(
        {
          actor,
          action: 'user.signed_out',
          subject: user.asAuditSubject,
          changes: { devices: { before: sessions.map(nameOf), after: null } },
        },
        trx
      )
      if (device === null) await user.endSessions()
      else for (const session of sessions) await session.revoke()
      return { kind: 'signed_out', sessions: sessions.length }
    })
  }
}

function nameOf({ userAgent, ip }: UserSession): string {
  const { browser, system } = deviceOf(userAgent)
  return [browser, system, ip].filter(Boolean).join(' · ')
}
