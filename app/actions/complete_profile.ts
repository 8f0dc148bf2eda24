import { inject } from '@adonisjs/core'
import { SignInWithProfile } from '#actions/sign_in_with_profile'
import type PendingIdentity from '#models/pending_identity'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import type { TripOutcome } from '#social/visit'

/**
 * Goes on with a trip whose profile lacked a required field, now that the person
 * has given it here: decides anew who this is, with what is known now.
 */
@inject()
export class CompleteProfile {
  constructor(private signIn: SignInWithProfile) {}

  /** @param emailIsProved the address was typed here and proved by a code */
  async handle(pending: PendingIdentity, emailIsProved: boolean): Promise<TripOutcome> {
    const provider = await Provider.findOrFail(pending.providerId)
    const attempt = pending.attemptId ? await SignInAttempt.find(pending.attemptId) : null
    const tokens = pending.revealTokens()
    if (!attempt || !tokens || !provider.enabled) return { kind: 'failed', failure: 'proof_gone' }

    return this.signIn.handle({
      provider,
      attempt,
      profile: pending.revealProfile(),
      tokens,
      browserHash: pending.browserHash,
      emailIsProved,
    })
  }
}
