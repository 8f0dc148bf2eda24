import { inTransaction } from '#database/transaction'
import { HearOfAddress } from '#actions/links/hear_of_address'
import Identity from '#models/identity'
import type UserSession from '#models/user_session'
import { now } from '#time/clock'
import type { TripOutcome, Visit } from '#trip/visit'

/**
 * Keeps what a person has just agreed to at a provider, for the identity that they
 * were asked for. Somebody else's consent is not theirs, though it be of the same
 * user's.
 */
export class RenewConsent {
  /** @param session that the browser came back with, of who started the trip */
  async handle(
    { provider, profile, tokens, attempt }: Visit,
    session: UserSession
  ): Promise<TripOutcome> {
    return inTransaction(async (trx) => {
      attempt.useTransaction(trx)
      const held = await session.hold(trx)
      const user = held?.user
      const identity = await Identity.known(provider.id, profile.subject, trx)
      const isExpected =
        identity !== null &&
        identity.userId === session.userId &&
        identity.id === attempt.identityId
      if (!user || !isExpected) {
        await attempt.finish({ outcome: 'failed', failure: 'identity_of_another' })
        return { kind: 'failed', failure: 'identity_of_another' }
      }

      identity.useTransaction(trx)
      await new HearOfAddress().handle(user, identity, { provider, profile }, trx)
      identity.belongTo(user, provider, profile, now())
      identity.sealTokens(tokens)
      await identity.save()
      await attempt.finish({ outcome: 'reconsented', userId: user.id, identityId: identity.id })
      return { kind: 'reconsented', identity }
    })
  }
}
