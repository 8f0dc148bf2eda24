import { JoinPendingIdentity } from '#actions/pending/join_pending_identity'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import type { FailureName } from '#trip/failure'
import type { TripOutcome, Visit } from '#trip/visit'

/**
 * Proves the account of a pending identity by another provider that is already
 * connected to it.
 */
export class ProveByProvider {
  async handle({ provider, profile, attempt, browserHash }: Visit): Promise<TripOutcome> {
    const pending = await PendingIdentity.waitingIn(browserHash, 'prove')
    if (!pending) return this.#fail(attempt, 'proof_gone')

    const proof = await Identity.known(provider.id, profile.subject)
    if (proof === null || proof.isUnlinked || proof.userId !== pending.targetUserId) {
      return this.#fail(attempt, 'proof_of_another')
    }
    const outcome = await new JoinPendingIdentity().handle(pending, proof.user)
    if (outcome.kind === 'gone') return this.#fail(attempt, 'proof_gone')
    if (outcome.kind === 'refused') return this.#fail(attempt, outcome.failure)

    await attempt.finish({ outcome: 'proved', userId: proof.userId, identityId: proof.id })
    return { ...outcome, kind: 'signed_in' }
  }

  async #fail(attempt: Visit['attempt'], failure: FailureName) {
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure } as const
  }
}
