import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import type { Next } from '#auth/next'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import type { RefusalOfPerson } from '#trip/who_is_this'
import { tellOfMember } from '#oidc/tell_of_member'

/** Who has come in, the attempt that says so, if it is still there, and where they were going. */
interface Joined {
  user: User
  identity: Identity
  attempt: SignInAttempt | null
  next: Next | null
}

export type JoinOutcome =
  | ({ kind: 'joined' } & Joined)
  /** Told only to a person who has proved that the account is theirs. */
  | { kind: 'refused'; failure: RefusalOfPerson | 'provider_off' }
  | { kind: 'gone' }

/**
 * Joins a pending identity to the account that its owner has just proved, by any means.
 * The pending identity is used up.
 */
export class JoinPendingIdentity {
  /** @param owner the account's user, as read before the proof was checked */
  async handle(pending: PendingIdentity, owner: User): Promise<JoinOutcome> {
    return inTransaction(async (trx) => {
      const user = await User.lock(pending.targetUserId ?? 0, trx)
      const used = await affectedOne(
        PendingIdentity.query({ client: trx })
          .where('id', pending.id)
          .where('expiresAt', '>', sqlTime(now()))
          .delete()
      )
      if (!used || user?.sessionEpoch !== owner.sessionEpoch) return { kind: 'gone' }
      if (await Identity.known(pending.providerId, pending.subject, trx)) return { kind: 'gone' }
      if (await user.isAnotherAt(pending.providerId, trx)) return { kind: 'gone' }

      const provider = await Provider.findOrFail(pending.providerId, { client: trx })
      const failure = refusalOf(user, provider)
      if (failure) return { kind: 'refused', failure }

      const joinedAt = now()
      const identity = new Identity()
      identity.useTransaction(trx)
      identity.belongTo(user, provider, pending.revealProfile(), joinedAt)
      const tokens = pending.revealTokens()
      if (tokens) identity.sealTokens(tokens)
      await identity.save()

      await user.merge({ lastSignInAt: joinedAt }).save()
      const attempt = pending.attemptId
        ? await SignInAttempt.find(pending.attemptId, { client: trx })
        : null
      await attempt?.finish({ outcome: 'signed_in', userId: user.id, identityId: identity.id })
      await OutgoingMail.tellOfIdentity(user, 'identity_linked', provider.label, trx)
      await tellOfMember(user.id, 'identity.linked', trx)
      return { kind: 'joined', user, identity, attempt, next: pending.next }
    })
  }
}

/**
 * What may have changed about either since the trip. The account exists, so a closed
 * sign-up does not matter.
 */
function refusalOf(user: User, provider: Provider): RefusalOfPerson | 'provider_off' | null {
  if (user.isSuspended) return 'suspended'
  if (user.isProtected) return 'account_protected'
  if (!provider.enabled) return 'provider_off'
  return provider.hidden ? 'newcomers_refused' : null
}
