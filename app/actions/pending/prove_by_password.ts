import { JoinPendingIdentity, type JoinOutcome } from '#actions/pending/join_pending_identity'
import type PendingIdentity from '#models/pending_identity'
import User from '#models/user'

export type ProofOutcome = JoinOutcome | { kind: 'wrong'; triesLeft: number }

/** Proves the account of a pending identity by that account's password. */
export class ProveByPassword {
  async handle(pending: PendingIdentity, password: string): Promise<ProofOutcome> {
    const triesLeft = await pending.takeTry()
    if (triesLeft === null) return { kind: 'gone' }

    /* Hashing is slow, so it stays outside the transaction. */
    const owner = await User.find(pending.targetUserId)
    if (!owner || !(await owner.verifyPassword(password))) return { kind: 'wrong', triesLeft }
    return new JoinPendingIdentity().handle(pending, owner)
  }
}
