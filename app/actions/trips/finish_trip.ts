import { inTransaction } from '#database/transaction'
import { HearOfAddress } from '#actions/links/hear_of_address'
import { LetStrangerGo } from '#actions/links/let_stranger_go'
import { LinkIdentity } from '#actions/trips/link_identity'
import { ProveByProvider } from '#actions/pending/prove_by_provider'
import { RenewConsent } from '#actions/trips/renew_consent'
import { ReportTrial } from '#actions/trips/report_trial'
import { SignInWithProfile } from '#actions/trips/sign_in_with_profile'
import Identity from '#models/identity'
import type UserSession from '#models/user_session'
import type { TripOutcome, Visit } from '#trip/visit'

/** Does what a trip was made for, once the provider has said who came back. */
export class FinishTrip {
  /** @param session the one the browser came back with, if somebody is signed in there */
  async handle(visit: Visit, session: UserSession | undefined): Promise<TripOutcome> {
    const outcome = await this.#finish(visit, session)
    const { intent } = visit.attempt
    /* A sign-in does this in its own transaction. */
    if (intent === 'trial') await new LetStrangerGo().handle(visit, { cause: 'tried' })
    else if (intent !== 'sign_in' && outcome.kind === 'failed') {
      await new LetStrangerGo().handle(visit, { cause: 'refused' })
    }
    return outcome
  }

  async #finish(visit: Visit, session: UserSession | undefined): Promise<TripOutcome> {
    const { attempt } = visit
    const own = session?.userId === attempt.actorUserId ? session : null
    switch (attempt.intent) {
      case 'sign_in':
        return new SignInWithProfile().handle(visit)
      case 'prove':
        return new ProveByProvider().handle(visit)
      case 'link':
        return own ? new LinkIdentity().handle(visit, own) : this.#fail(visit, 'person_changed')
      case 'reauthenticate':
        return own ? this.#recognise(visit, own.userId) : this.#fail(visit, 'person_changed')
      case 'reconsent':
        return own ? new RenewConsent().handle(visit, own) : this.#fail(visit, 'person_changed')
      case 'trial':
        return new ReportTrial().handle(visit)
    }
  }

  /** The person at the browser must still be linked to the account at that provider. */
  async #recognise(visit: Visit, userId: number): Promise<TripOutcome> {
    const { provider, profile, attempt } = visit
    const identity = await inTransaction(async (trx) => {
      const known = await Identity.known(provider.id, profile.subject, trx)
      if (known?.userId !== userId || known.isUnlinked || known.user.isSuspended) return null
      await new HearOfAddress().handle(known.user, known, { provider, profile }, trx)
      await known.useTransaction(trx).save()
      return known
    })
    if (!identity) return this.#fail(visit, 'identity_of_another')
    await attempt.finish({ outcome: 'reauthenticated', userId, identityId: identity.id })
    return { kind: 'reauthenticated' }
  }

  async #fail({ attempt }: Visit, failure: 'person_changed' | 'identity_of_another') {
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure } as const
  }
}
