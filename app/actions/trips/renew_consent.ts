import { inTransaction } from '#database/transaction'
import { HearOfAddress } from '#actions/links/hear_of_address'
import Identity from '#models/identity'
import type UserSession from '#models/user_session'
import { now } from '#time/clock'
import type { TripOutcome, Visit } from '#trip/visit'

/**
 * Stores what a person has just agreed to at a provider, for the identity they were
 * asked about. Consent given for another identity does not count, even one of the same
 * user.
 */
export class RenewConsent {
  /** @param session of the person who started the trip, as the browser came back with it */
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
