import { inject } from '@adonisjs/core'
import { LinkIdentity } from '#actions/link_identity'
import { ProveByProvider } from '#actions/prove_by_provider'
import { RenewConsent } from '#actions/renew_consent'
import { ReportTrial } from '#actions/report_trial'
import { SignInWithProfile } from '#actions/sign_in_with_profile'
import Identity from '#models/identity'
import type { TripOutcome, Visit } from '#social/visit'

/** Does what a trip was made for, once the provider has said who came back. */
@inject()
export class FinishTrip {
  constructor(
    private signIn: SignInWithProfile,
    private link: LinkIdentity,
    private prove: ProveByProvider,
    private renewConsent: RenewConsent,
    private trial: ReportTrial
  ) {}

  /** @param userId who is signed in as the browser comes back; `null`: nobody */
  async handle(visit: Visit, userId: number | null): Promise<TripOutcome> {
    const { attempt } = visit
    switch (attempt.intent) {
      case 'sign_in':
        return this.signIn.handle(visit)
      case 'prove':
        return this.prove.handle(visit)
      case 'link':
        return userId !== null && userId === attempt.actorUserId
          ? this.link.handle(visit, userId)
          : this.#fail(visit, 'person_changed')
      case 'reauthenticate':
        return userId !== null && userId === attempt.actorUserId
          ? this.#recognise(visit, userId)
          : this.#fail(visit, 'person_changed')
      case 'reconsent':
        return userId !== null && userId === attempt.actorUserId
          ? this.renewConsent.handle(visit, userId)
          : this.#fail(visit, 'person_changed')
      case 'trial':
        return this.trial.handle(visit)
    }
  }

  /** The person at the browser must still be one the account knows at that provider. */
  async #recognise(visit: Visit, userId: number): Promise<TripOutcome> {
    const { provider, profile, attempt } = visit
    const identity = await Identity.known(provider.id, profile.subject)
    if (
      identity === null ||
      identity.isUnlinked ||
      identity.userId !== userId ||
      identity.user.isSuspended
    ) {
      return this.#fail(visit, 'identity_of_another')
    }
    await attempt.finish({ outcome: 'reauthenticated', userId, identityId: identity.id })
    return { kind: 'reauthenticated' }
  }

  async #fail({ attempt }: Visit, failure: 'person_changed' | 'identity_of_another') {
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure } as const
  }
}
