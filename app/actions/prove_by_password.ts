import db from '@adonisjs/lucid/services/db'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import User from '#models/user'
import { now, sqlTime } from '#models/clock'

export type ProofOutcome =
  | { kind: 'proved'; user: User; identity: Identity }
  | { kind: 'wrong_password'; triesLeft: number }
  | { kind: 'gone' }

/**
 * Joins a pending identity to the account whose address it shows, once the
 * person has typed that account's password. The pending identity is used up by
 * success, by five wrong passwords and by time.
 */
export class ProveByPassword {
  async handle(pending: PendingIdentity, password: string): Promise<ProofOutcome> {
    if (!(await this.#takeTry(pending))) return { kind: 'gone' }

    /* Hashing takes its time, so it stays outside the transaction. */
    const owner = await User.find(pending.targetUserId)
    if (!owner || owner.isSuspended || owner.isProtected) return { kind: 'gone' }
    if (!(await owner.verifyPassword(password))) {
      return { kind: 'wrong_password', triesLeft: PendingIdentity.MOST_TRIES - pending.tries - 1 }
    }

    return db.transaction(async (trx) => {
      const [used] = await PendingIdentity.query({ client: trx })
        .where('id', pending.id)
        .where('expiresAt', '>', sqlTime(now()))
        .delete()
      if (Number(used) !== 1) return { kind: 'gone' }

      const taken = await Identity.query({ client: trx })
        .where('providerId', pending.providerId)
        .where('subject', pending.subject)
        .first()
      if (taken) return { kind: 'gone' }

      const profile = pending.revealProfile()
      const tokens = pending.revealTokens()
      const joinedAt = now()
      const identity = new Identity()
      identity.useTransaction(trx)
      identity.merge({
        userId: owner.id,
        providerId: pending.providerId,
        subject: pending.subject,
        email: profile.email,
        name: profile.name,
        scopes: [],
        linkedAt: joinedAt,
        lastUsedAt: joinedAt,
      })
      if (tokens) identity.keepTokens(tokens)
      await identity.save()

      owner.useTransaction(trx)
      owner.lastSignInAt = joinedAt
      await owner.save()
      return { kind: 'proved', user: owner, identity }
    })
  }

  /** Counts the try before the password is looked at, so that no two share one. */
  async #takeTry(pending: PendingIdentity) {
    const [taken] = await PendingIdentity.query()
      .where('id', pending.id)
      .where('tries', '<', PendingIdentity.MOST_TRIES)
      .increment('tries', 1)
    return Number(taken) === 1
  }
}
