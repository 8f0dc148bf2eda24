import { JoinPendingIdentity } from '#actions/pending/join_pending_identity'
import type { ProofOutcome } from '#actions/pending/prove_by_password'
import type PendingIdentity from '#models/pending_identity'
import User from '#models/user'

/** Proves the account of a pending identity by the code mailed to its address. */
export class ProveByCode {
  /** @param browser the secret of the browser in which the code was requested */
  async handle(pending: PendingIdentity, browser: string, code: string): Promise<ProofOutcome> {
    const triesLeft = await pending.takeTry()
    if (triesLeft === null) return { kind: 'gone' }
    const owner = await User.find(pending.targetUserId)
    if (!owner?.email || !pending.isCode(code, owner.email, browser)) {
      return { kind: 'wrong', triesLeft }
    }
    return new JoinPendingIdentity().handle(pending, owner)
  }
}
