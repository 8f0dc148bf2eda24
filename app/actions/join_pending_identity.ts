import db from '@adonisjs/lucid/services/db'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now, sqlTime } from '#models/clock'

export type JoinOutcome = { kind: 'joined'; user: User; identity: Identity } | { kind: 'gone' }

/**
 * Joins a pending identity to the account that its owner has just proved,
 * whichever way that was. The pending identity is used up.
 */
export class JoinPendingIdentity {
  async handle(pending: PendingIdentity): Promise<JoinOutcome> {
    return db.transaction(async (trx) => {
      const user = await User.lock(pending.targetUserId ?? 0, trx)
      const [used] = await PendingIdentity.query({ client: trx })
        .where('id', pending.id)
        .where('expiresAt', '>', sqlTime(now()))
        .delete()
      if (Number(used) !== 1 || !user || user.isSuspended || user.isProtected) {
        return { kind: 'gone' }
      }
      if (await Identity.known(pending.providerId, pending.subject, trx)) return { kind: 'gone' }

      const provider = await Provider.findOrFail(pending.providerId, { client: trx })
      const joinedAt = now()
      const identity = new Identity()
      identity.useTransaction(trx)
      identity.belongTo(user, provider, pending.revealProfile(), joinedAt)
      const tokens = pending.revealTokens()
      if (tokens) identity.keepTokens(tokens)
      await identity.save()

      await user.merge({ lastSignInAt: joinedAt }).save()
      const attempt = pending.attemptId
        ? await SignInAttempt.find(pending.attemptId, { client: trx })
        : null
      await attempt?.finish({ outcome: 'signed_in', userId: user.id, identityId: identity.id })
      await OutgoingMail.tellOfIdentity(user, 'identity_linked', provider.label, trx)
      return { kind: 'joined', user, identity }
    })
  }
}
