import { inSession } from '#auth/in_session'
import SecondFactor from '#models/second_factor'
import type UserSession from '#models/user_session'

export type SecondFactorBeginning = 'begun' | 'on_already'

/**
 * Starts setting up a second factor in this session. Starting again in the same session
 * keeps the secret, because an app may hold it already; a secret from another session
 * is replaced, no matter who made it.
 */
export class BeginSecondFactor {
  async handle(session: UserSession): Promise<SecondFactorBeginning> {
    return inSession(session, async (user, trx) => {
      if (user.hasSecondFactor) return 'on_already'
      if (await SecondFactor.beingSetUpIn(session, trx)) return 'begun'

      await SecondFactor.query({ client: trx }).where('userId', user.id).delete()
      const factor = SecondFactor.withFreshSecret(user.id).useTransaction(trx)
      await factor.merge({ sessionId: session.id }).save()
      return 'begun'
    })
  }
}
