import { inTransaction } from '#database/transaction'
import { HearOfAddress } from '#actions/links/hear_of_address'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import type UserSession from '#models/user_session'
import { now } from '#time/clock'
import type { TripOutcome, Visit } from '#trip/visit'
import { tellOfMember } from '#oidc/tell_of_member'

/**
 * Connects a provider to the account of the person who started the trip and is still
 * signed in. An identity that belongs to somebody else stays theirs, and nobody is told
 * whose it is.
 */
export class LinkIdentity {
  /**
   * @param session as read when the browser came back; it may have ended while the
   *   provider was asked
   */
  async handle(
    { provider, profile, tokens, attempt }: Visit,
    session: UserSession
  ): Promise<TripOutcome> {
    return inTransaction(async (trx) => {
      attempt.useTransaction(trx)
      const held = await session.hold(trx)
      if (!held) {
        await attempt.finish({ outcome: 'failed', failure: 'person_changed' })
        return { kind: 'failed', failure: 'person_changed' }
      }
      const { user } = held
      const known = await Identity.known(provider.id, profile.subject, trx)
      if (known && known.userId !== user.id) {
        await attempt.finish({ outcome: 'failed', failure: 'identity_taken' })
        return { kind: 'failed', failure: 'identity_taken' }
      }

      const identity = known ?? new Identity()
      const isNews = !identity.$isPersisted || identity.isUnlinked
      identity.useTransaction(trx)
      if (known) await new HearOfAddress().handle(user, known, { provider, profile }, trx)
      identity.belongTo(user, provider, profile, now())
      identity.sealTokens(tokens)
      await identity.save()

      if (isNews) {
        await OutgoingMail.tellOfIdentity(user, 'identity_linked', provider.label, trx)
        await tellOfMember(user.id, 'identity.linked', trx)
      }
      await attempt.finish({ outcome: 'linked', userId: user.id, identityId: identity.id })
      return { kind: 'linked', identity }
    })
  }
}
