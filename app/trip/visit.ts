import type { Agreed } from '#duties/agreed'
import type Identity from '#models/identity'
import type PendingIdentity from '#models/pending_identity'
import type Provider from '#models/provider'
import type SignInAttempt from '#models/sign_in_attempt'
import type User from '#models/user'
import type { Next } from '#auth/next'
import type { PresentSite } from '#site/present'
import type { FailureName } from '#trip/failure'
import type { Profile } from '#trip/profile'
import type { TokenSet } from '#protocol/token_set'

/** A person who is back from a provider, before we decide who they are. */
export interface Visit {
  provider: Provider
  attempt: SignInAttempt
  profile: Profile
  tokens: TokenSet
  /** Hash of the browser's secret, to which a pending identity is bound. */
  browserHash: string
  /** This site, as it was when the request came. */
  site: PresentSite
  /** The address in the profile was proved here, with a code typed into our page. */
  emailIsProved?: boolean
  /** What a newcomer has agreed to. */
  agreed?: Agreed | null
  /** The row that waited for what the person has now given. */
  pending?: PendingIdentity
}

/** Who has come in, and where they were going. */
interface SignedIn {
  kind: 'signed_in'
  user: User
  identity: Identity
  /** The line in the history that says so; `null` if that is gone. */
  attempt: SignInAttempt | null
  next: Next | null
  /** The sign-in's transaction has seen that no identity waits in this browser. */
  nothingPending?: boolean
}

/** How a trip ends, whatever it was made for. */
export type TripOutcome =
  | SignedIn
  | { kind: 'linked'; identity: Identity }
  | { kind: 'reconsented'; identity: Identity }
  | { kind: 'reauthenticated' }
  | { kind: 'must_prove' }
  | { kind: 'must_complete' }
  | { kind: 'tried' }
  /** The code waits for a secret that is on its way. */
  | { kind: 'waiting' }
  | { kind: 'failed'; failure: FailureName }
