import { inSession } from '#auth/in_session'
import { checkSecondFactor, type SecondFactorCheck, type TypedFactor } from '#auth/second_factor'
import type UserSession from '#models/user_session'

/** Checks the second factor of a signed-in user who has just given the first one again. */
export class ProveSecondFactor {
  async handle(
    session: UserSession,
    typed: TypedFactor
  ): Promise<SecondFactorCheck | { kind: 'not_due' }> {
    return inSession(session, async (user, trx, held) =>
      user.hasSecondFactor && held.awaitsSecondFactor
        ? checkSecondFactor(user, typed, trx)
        : { kind: 'not_due' }
    )
  }
}
