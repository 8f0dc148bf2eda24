import type { DateTime } from 'luxon'
import { inTransaction } from '#database/transaction'
import { appUrl } from '#config/app'
import { holdSession } from '#auth/in_session'
import { lockAdministrators } from '#auth/last_administrator'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import type UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'

export type WithdrawalSchedule =
  { kind: 'scheduled'; at: DateTime } | { kind: 'not_needed' } | { kind: 'last_administrator' }

/**
 * Schedules the withdrawal of a person who cannot prove here who they are: in 24 hours,
 * unless they sign in before then. It is for people with neither a password nor a
 * proved address; a linked provider does not prevent it, because it may be the one that
 * is down.
 */
export class ScheduleWithdrawal {
  static readonly DELAY = { hours: 24 }

  async handle(user: User, session: UserSession): Promise<WithdrawalSchedule> {
    return inTransaction(async (trx) => {
      const isLast = user.isAdmin && (await lockAdministrators(user.id, trx)) === 0
      const { user: locked } = await holdSession(session, trx)
      if (locked.canProveHere) return { kind: 'not_needed' }
      if (isLast) return { kind: 'last_administrator' }
      if (locked.withdrawAt) return { kind: 'scheduled', at: locked.withdrawAt }

      const at = now().plus(ScheduleWithdrawal.DELAY)
      await User.query({ client: trx })
        .where('id', locked.id)
        .update({ withdrawAt: sqlTime(at) })

      /* No address is proved; one that a provider showed is better than silence. */
      const identity = await Identity.query({ client: trx })
        .where('userId', locked.id)
        .whereNotNull('email')
        .orderBy('lastUsedAt', 'desc')
        .first()
      const to = identity?.email
      if (to && !(await OutgoingMail.isFlooding(to, ['withdrawal_scheduled'], trx))) {
        await OutgoingMail.queue(
          {
            template: 'withdrawal_scheduled',
            to,
            locale: locked.locale,
            data: { at: at.toISO()!, signInUrl: `${appUrl}/user/login` },
          },
          trx
        )
      }
      return { kind: 'scheduled', at }
    })
  }
}
