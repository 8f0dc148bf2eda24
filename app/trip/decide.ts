import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Identity from '#models/identity'
import { IS_PENDING_IN_BROWSER } from '#auth/browser'
import Registration from '#models/registration'
import Revocation from '#models/revocation'
import User from '#models/user'
import { askedOfNewcomers, isMet } from '#duties/agreed'
import { Join } from '#database/join'
import type { MissingField } from '#trip/profile'
import { mayAskAgain, missingFields } from '#trip/required_fields'
import type { Visit } from '#trip/visit'
import { vouches } from '#trip/vouching'
import { whoIsThis, type Decision } from '#trip/who_is_this'

/** What a sign-in will lead to, before any of it is carried out. */
export type Course =
  | { kind: 'sign_in'; user: User; identity: Identity }
  | { kind: 'join'; user: User }
  | ({ kind: 'create'; emailIsProved: boolean } & Traces)
  | { kind: 'prove'; user: User }
  /** The provider is asked again for what is missing. */
  | { kind: 'ask_again' }
  /**
   * The person is asked here for what is missing, or a newcomer for their agreement; `user`
   * is who they are known to be.
   */
  | { kind: 'complete'; user: User | null }
  | Extract<Decision, { kind: 'refuse' }>

/** What is already stored about a newcomer, and is deleted when they are let in. */
export interface Traces {
  /** An unconfirmed sign-up with their address. */
  hasRegistration: boolean
  /** A link of their account at the provider that has yet to be ended there. */
  hasRevocation: boolean
}

/* Everything that may be stored about somebody whose account at the provider is unknown. */
const ofNewcomer = new Join(
  () => ({ holder: User, registration: Registration, revocation: Revocation }),
  `(select 1 as anything) nobody
    left join users holder on holder.email = ?
    left join registrations registration on registration.email = ?
    left join revocations revocation on revocation.provider_id = ? and revocation.subject = ?`,
  { mayBePending: IS_PENDING_IN_BROWSER }
)

/** The facts behind a decision, returned along with its course. */
export interface Grounds {
  missing: MissingField[]
  /** The identity that proved the address so far; the provider now gives it to somebody else. */
  displaced: Identity | null
  /** Whether an identity may wait in this browser for its owner. */
  mayBePending: boolean
}

/** What a decision needs to know; trials and sign-ins both have it. */
type Arrival = Pick<
  Visit,
  'provider' | 'profile' | 'attempt' | 'emailIsProved' | 'site' | 'agreed' | 'browserHash'
>

/**
 * Decides what happens to a person who has come back from a provider to sign in:
 * reads what is known about them and applies the rules of docs/design.md#who-is-this.
 * Writes nothing, so that a trial can show what a sign-in would do.
 *
 * @param client the sign-in's transaction, so that what was read stays true
 */
export async function decide(
  { provider, profile, attempt, emailIsProved, site, agreed = null, browserHash }: Arrival,
  client?: TransactionClientContract
): Promise<Course & Grounds> {
  const identity = await Identity.known(provider.id, profile.subject, client, browserHash)
  const vouched = emailIsProved || vouches(provider, profile)
  const { holder, mayBePending, ...traces } = identity
    ? { ...NOTHING, mayBePending: identity.mayBePending }
    : await newcomer({ provider, profile, browserHash }, client)
  const others = holder ? await livingAt(provider, holder, client) : []
  const isProved = vouched && (emailIsProved || profile.emailStatus === 'verified')
  const displaced = (isProved && others.find((other) => other.provesEmailOf(holder!))) || null
  const emailOwner = displaced ? null : holder

  const decision = whoIsThis(
    {
      known: identity && { userId: identity.userId, suspended: identity.user.isSuspended },
      emailOwner: emailOwner && {
        userId: emailOwner.id,
        suspended: emailOwner.isSuspended,
        protected: emailOwner.isProtected,
        another: others.length > 0,
      },
    },
    { vouched, allowSignUp: provider.allowSignUp && site.signUp, hidden: provider.hidden }
  )
  const missing = missingFields(
    provider.requiredFields,
    profile,
    identity && { email: identity.user.email ?? identity.email, name: identity.user.name }
  )
  const grounds = { missing, displaced, mayBePending }
  if (decision.kind === 'refuse') return { ...decision, ...grounds }
  if (missing.length > 0) {
    return mayAskAgain({ parentId: attempt.parentId, missingFields: missing })
      ? { kind: 'ask_again', ...grounds }
      : { kind: 'complete', user: identity?.user ?? null, ...grounds }
  }

  switch (decision.kind) {
    case 'sign_in':
      return { kind: 'sign_in', user: identity!.user, identity: identity!, ...grounds }
    case 'join':
    case 'prove':
      return { kind: decision.kind, user: emailOwner!, ...grounds }
    case 'create':
      return isMet(askedOfNewcomers(site), agreed)
        ? { ...decision, ...traces, ...grounds }
        : { kind: 'complete', user: null, ...grounds }
  }
}

const NOTHING = { holder: null, hasRegistration: false, hasRevocation: false }

/** The member who proved the address a newcomer shows, and what else is stored about them. */
async function newcomer(
  {
    provider,
    profile: { email, subject },
    browserHash,
  }: Pick<Arrival, 'provider' | 'profile' | 'browserHash'>,
  client?: TransactionClientContract
): Promise<Traces & { holder: User | null; mayBePending: boolean }> {
  const found = await ofNewcomer.first([browserHash, email, email, provider.id, subject], client)
  return {
    mayBePending: Boolean(found?.mayBePending ?? true),
    holder: found?.holder?.email === email ? found.holder : null,
    hasRegistration: Boolean(found?.registration),
    hasRevocation: Boolean(found?.revocation),
  }
}

/** A user's living identities at a provider, with the user loaded. */
async function livingAt(
  { id: providerId }: Arrival['provider'],
  { id: userId }: User,
  client?: TransactionClientContract
): Promise<Identity[]> {
  return Identity.query({ client })
    .where({ providerId, userId })
    .whereNull('unlinkedAt')
    .preload('user')
}
