import { SignInWithProfile } from '#actions/trips/sign_in_with_profile'
import type PendingIdentity from '#models/pending_identity'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import type { PresentSite } from '#site/present'
import type { TripOutcome } from '#trip/visit'

export interface WrongCode {
  kind: 'wrong_code'
  triesLeft: number
}

/**
 * Resumes a trip whose profile lacked a required field, now that the person has given
 * it here: decides again who this is, from what is known now.
 */
export class CompleteProfile {
  /** Proves the address given here by the code that was mailed to it. */
  async proveAddress(
    pending: PendingIdentity,
    browser: string,
    code: string,
    site: PresentSite
  ): Promise<TripOutcome | WrongCode> {
    const triesLeft = await pending.takeTry()
    if (triesLeft === null) return { kind: 'failed', failure: 'proof_gone' }
    const { email } = pending.revealProfile()
    if (email && pending.isCode(code, email, browser)) {
      return this.handle(pending, site, { emailIsProved: true })
    }
    return triesLeft === 0
      ? { kind: 'failed', failure: 'proof_gone' }
      : { kind: 'wrong_code', triesLeft }
  }

  /** @param options.emailIsProved the address was typed here and proved by a code */
  async handle(
    pending: PendingIdentity,
    site: PresentSite,
    { emailIsProved = false } = {}
  ): Promise<TripOutcome> {
    const provider = await Provider.findOrFail(pending.providerId)
    const attempt = pending.attemptId ? await SignInAttempt.find(pending.attemptId) : null
    const tokens = pending.revealTokens()
    if (!attempt || !tokens || !provider.enabled) return { kind: 'failed', failure: 'proof_gone' }

    return new SignInWithProfile().handle({
      provider,
      attempt,
      profile: pending.revealProfile(),
      tokens,
      browserHash: pending.browserHash,
      site,
      agreed: pending.agreed,
      emailIsProved,
      pending,
    })
  }
}
