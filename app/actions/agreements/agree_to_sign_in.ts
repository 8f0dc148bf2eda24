import type { DateTime } from 'luxon'
import { inTransaction } from '#database/transaction'
import { type Agreed, isMet } from '#duties/agreed'
import { noteAgreements } from '#duties/note'
import { openDuties } from '#duties/open'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import WaitingSignIn from '#models/waiting_sign_in'
import { now, sqlTime } from '#time/clock'
import type { Next } from '#auth/next'

export type AgreementOutcome =
  | {
      kind: 'agreed'
      user: User
      identity: Identity | null
      attempt: SignInAttempt | null
      remember: boolean
      next: Next | null
      secondFactorAt: DateTime | null
    }
  /** Something else is asked by now. */
  | { kind: 'asked_more' }
  | { kind: 'gone' }

/** Finishes a waiting sign-in with what the person has agreed to. */
export class AgreeToSignIn {
  async handle({ id, userId }: WaitingSignIn, agreed: Agreed): Promise<AgreementOutcome> {
    return inTransaction(async (trx) => {
      /* Of two presses at once, the second finds nothing waiting. */
      const user = await User.lockToSignIn(userId, trx)
      const waiting = await WaitingSignIn.query({ client: trx })
        .where('id', id)
        .where('expiresAt', '>', sqlTime(now()))
        .first()
      if (!user || user.isSuspended || !waiting) return { kind: 'gone' }
      if (!isMet(await openDuties(user, trx), agreed)) return { kind: 'asked_more' }

      const { identityId, attemptId, remember, next, secondFactorAt } = waiting
      const identity = identityId ? await Identity.find(identityId, { client: trx }) : null
      /* The provider has ended the link since, so it is no longer a way in. */
      if (identity?.isUnlinked) return { kind: 'gone' }
      await noteAgreements(user, agreed, { way: 'sign_in' }, trx)
      await user.merge({ duties: user.presentDuties }).save()
      await waiting.delete()

      const attempt = attemptId ? await SignInAttempt.find(attemptId, { client: trx }) : null
      await attempt?.finish({ outcome: 'signed_in', userId, identityId: identity?.id })
      return { kind: 'agreed', user, identity, attempt, remember, next, secondFactorAt }
    })
  }
}
