import type Identity from '#models/identity'
import type PendingIdentity from '#models/pending_identity'
import type Provider from '#models/provider'
import type SignInAttempt from '#models/sign_in_attempt'
import type User from '#models/user'
import type { FailureName } from '#trip/failure'
import type { Profile } from '#trip/profile'
import type { TokenSet } from '#protocol/token_set'

/** A person back from a provider, before it is decided who they are. */
export interface Visit {
  provider: Provider
  attempt: SignInAttempt
  profile: Profile
  tokens: TokenSet
  /** Hash of the browser's secret, which a pending identity is bound to. */
  browserHash: string
  /** The address in the profile was proved here, by a code typed into our page. */
  emailIsProved?: boolean
  /** The row that waited for what was given here. */
  pending?: PendingIdentity
}

/** How a trip ends, whatever it was made for. */
export type TripOutcome =
  | { kind: 'signed_in'; user: User; identity: Identity; attempt: SignInAttempt }
  | { kind: 'linked'; identity: Identity }
  | { kind: 'reconsented'; identity: Identity }
  | { kind: 'reauthenticated' }
  | { kind: 'must_prove' }
  | { kind: 'must_complete' }
  | { kind: 'tried' }
  /** For a secret that is on its way. */
  | { kind: 'waiting' }
  | { kind: 'failed'; failure: FailureName }
