import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { checkSecondFactor, type SecondFactorCheck, type TypedFactor } from '#auth/second_factor'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import WaitingSignIn from '#models/waiting_sign_in'
import { now, sqlTime } from '#time/clock'
import type { Next } from '#auth/next'

export type SecondFactorOutcome =
  | {
      kind: 'signed_in'
      user: User
      identity: Identity | null
      attempt: SignInAttempt | null
      remember: boolean
      next: Next | null
    }
  | { kind: 'refused'; check: Exclude<SecondFactorCheck, { kind: 'right' }>; triesLeft: number }
  | { kind: 'gone' }

/**
 * Finishes a waiting sign-in with the second factor. What a sign-in changes in the
 * account waits until here: its last sign-in, and its name if that follows a provider.
 */
export class PassSecondFactor {
  async handle({ id, userId }: WaitingSignIn, typed: TypedFactor): Promise<SecondFactorOutcome> {
    return inTransaction(async (trx) => {
      /* Serialises all tries for this person, so that two at once cannot count as one. */
      const user = await User.lock(userId, trx)
      const waiting = await WaitingSignIn.query({ client: trx })
        .where('id', id)
        .where('tries', '<', WaitingSignIn.MOST_TRIES)
        .where('expiresAt', '>', sqlTime(now()))
        .first()
      if (!waiting || !user?.hasSecondFactor || user.isSuspended) return { kind: 'gone' }

      const check = await checkSecondFactor(user, typed, trx)
      if (check.kind !== 'right') {
        if (check.kind === 'wrong') await waiting.merge({ tries: waiting.tries + 1 }).save()
        return { kind: 'refused', check, triesLeft: WaitingSignIn.MOST_TRIES - waiting.tries }
      }
      await waiting.delete()
      return this.#signIn(user, waiting, trx)
    })
  }

  async #signIn(
    user: User,
    { identityId, attemptId, remember, next }: WaitingSignIn,
    trx: TransactionClientContract
  ): Promise<SecondFactorOutcome> {
    const identity = identityId
      ? await Identity.query({ client: trx }).where('id', identityId).preload('provider').first()
      : null
    /* The provider has ended the link since, so it is no longer a way in. */
    if (identity?.isUnlinked) return { kind: 'gone' }
    if (identity?.provider) user.followName(identity.name, identity.provider)
    await user.merge({ lastSignInAt: now() }).save()

    const attempt = attemptId ? await SignInAttempt.find(attemptId, { client: trx }) : null
    await attempt?.finish({ outcome: 'signed_in', userId: user.id, identityId: identity?.id })
    return { kind: 'signed_in', user, identity, attempt, remember, next }
  }
}
