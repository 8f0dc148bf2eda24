import db from '@adonisjs/lucid/services/db'
import { untilUnique } from '#actions/until_unique'
import type { Actor } from '#audit/actor'
import {
  checkSecondFactor,
  dropSecondFactor,
  type SecondFactorCheck,
  type TypedFactor,
} from '#auth/second_factor'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'

export type SecondFactorRemoval =
  { kind: 'removed' } | { kind: 'off_already' } | Exclude<SecondFactorCheck, { kind: 'right' }>

/** Switches a person's second factor off, against the factor itself. */
export class RemoveSecondFactor {
  async handle({ id }: User, typed: TypedFactor, actor: Actor): Promise<SecondFactorRemoval> {
    return untilUnique(() =>
      db.transaction(async (trx) => {
        const user = await User.lock(id, trx)
        if (!user?.hasSecondFactor) return { kind: 'off_already' }
        const check = await checkSecondFactor(user, typed, trx)
        if (check.kind !== 'right') return check

        await dropSecondFactor(user, trx)
        const subject = user.asAuditSubject
        await AuditEntry.record({ actor, action: 'second_factor.disabled', subject }, trx)
        return { kind: 'removed' }
      })
    )
  }
}
