import db from '@adonisjs/lucid/services/db'
import { untilUnique } from '#actions/until_unique'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import { now } from '#models/clock'
import type { TripOutcome, Visit } from '#social/visit'

/**
 * Connects a provider to the account of the person who started the trip and is
 * still signed in. An identity of somebody else's stays theirs, and whose it is
 * remains unsaid.
 */
export class LinkIdentity {
  /** @param userId who is signed in now */
  async handle(
    { provider, profile, tokens, attempt }: Visit,
    userId: number
  ): Promise<TripOutcome> {
    return untilUnique(() =>
      db.transaction(async (trx) => {
        attempt.useTransaction(trx)
        const user = await User.lock(userId, trx)
        const known = await Identity.known(provider.id, profile.subject, trx)
        if (!user || user.isSuspended || (known && known.userId !== user.id)) {
          await attempt.finish({ outcome: 'failed', failure: 'identity_taken' })
          return { kind: 'failed', failure: 'identity_taken' }
        }

        const identity = known ?? new Identity()
        const isNews = !identity.$isPersisted || identity.isUnlinked
        identity.useTransaction(trx)
        identity.belongTo(user, provider, profile, now())
        identity.keepTokens(tokens)
        await identity.save()

        if (isNews) {
          await OutgoingMail.tellOfIdentity(user, 'identity_linked', provider.label, trx)
        }
        await attempt.finish({ outcome: 'linked', userId: user.id, identityId: identity.id })
        return { kind: 'linked', identity }
      })
    )
  }
}
