import db from '@adonisjs/lucid/services/db'
import { untilUnique } from '#actions/until_unique'
import Identity from '#models/identity'
import User from '#models/user'
import { now } from '#models/clock'
import type { TripOutcome, Visit } from '#social/visit'

/**
 * Keeps what a person has just agreed to at a provider, for the identity that they
 * were asked for. Somebody else's consent is not theirs, though it be of the same
 * user's.
 */
export class RenewConsent {
  /** @param userId who is signed in now, and started the trip */
  async handle(
    { provider, profile, tokens, attempt }: Visit,
    userId: number
  ): Promise<TripOutcome> {
    return untilUnique(() =>
      db.transaction(async (trx) => {
        attempt.useTransaction(trx)
        const user = await User.lock(userId, trx)
        const identity = await Identity.known(provider.id, profile.subject, trx)
        const isExpected =
          identity !== null && identity.userId === userId && identity.id === attempt.identityId
        if (!user || user.isSuspended || !isExpected) {
          await attempt.finish({ outcome: 'failed', failure: 'identity_of_another' })
          return { kind: 'failed', failure: 'identity_of_another' }
        }

        identity.useTransaction(trx)
        identity.belongTo(user, provider, profile, now())
        identity.keepTokens(tokens)
        await identity.save()
        await attempt.finish({ outcome: 'reconsented', userId: user.id, identityId: identity.id })
        return { kind: 'reconsented', identity }
      })
    )
  }
}
