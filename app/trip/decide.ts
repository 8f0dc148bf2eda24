import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Identity from '#models/identity'
import Registration from '#models/registration'
import Revocation from '#models/revocation'
import User from '#models/user'
import { Join } from '#database/join'
import type { MissingField } from '#trip/profile'
import { mayAskAgain, missingFields } from '#trip/required_fields'
import type { Visit } from '#trip/visit'
import { vouches } from '#trip/vouching'
import { whoIsThis, type Decision } from '#trip/who_is_this'

/** What a sign-in comes to, before anything of it is done. */
export type Course =
  | { kind: 'sign_in'; user: User; identity: Identity }
  | { kind: 'join'; user: User }
  | ({ kind: 'create'; emailIsProved: boolean } & Traces)
  | { kind: 'prove'; user: User }
  /** The provider is asked once more for what is missing. */
  | { kind: 'ask_again' }
  /** What is missing is asked for here; `user` is who the person is known to be. */
  | { kind: 'complete'; user: User | null }
  | Extract<Decision, { kind: 'refuse' }>

/** What of a newcomer is here already and goes when they are let in. */
export interface Traces {
  /** A sign-up with their address that nobody has confirmed. */
  hasRegistration: boolean
  /** A link of their account at the provider that waits to be ended. */
  hasRevocation: boolean
}

/* All that may be known of somebody whose account at the provider is not. */
const ofNewcomer = new Join(
  () => ({ holder: User, registration: Registration, revocation: Revocation }),
  `(select 1 as anything) nobody
    left join users holder on holder.email = ?
    left join registrations registration on registration.email = ?
    left join revocations revocation on revocation.provider_id = ? and revocation.subject = ?`
)

/** What a decision rests on, beside what becomes of the person. */
export interface Grounds {
  missing: MissingField[]
  /** On whose word the address was proved until now; the provider has given it for somebody else. */
  displaced: Identity | null
}

/** What there is to know before deciding; a trial knows it as well as a sign-in. */
type Arrival = Pick<Visit, 'provider' | 'profile' | 'attempt' | 'emailIsProved'>

/**
 * Decides what becomes of a person who has come back from a provider to sign in:
 * reads what is known of them and goes by the rules of docs/design.md#who-is-this. Writes
 * nothing, so that a trial can tell what a sign-in would do.
 *
 * @param client the transaction of the sign-in, so that what was read stays true
 */
export async function decide(
  { provider, profile, attempt, emailIsProved }: Arrival,
  client?: TransactionClientContract
): Promise<Course & Grounds> {
  const identity = await Identity.known(provider.id, profile.subject, client)
  const vouched = emailIsProved || vouches(provider, profile)
  const { holder, ...traces } = identity ? NOTHING : await newcomer({ provider, profile }, client)
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
    { vouched, allowSignUp: provider.allowSignUp, hidden: provider.hidden }
  )
  const missing = missingFields(
    provider.requiredFields,
    profile,
    identity && { email: identity.user.email ?? identity.email, name: identity.user.name }
  )
  const grounds = { missing, displaced }
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
      return { ...decision, ...traces, ...grounds }
  }
}

const NOTHING = { holder: null, hasRegistration: false, hasRevocation: false }

/** The member who has proved the address a newcomer shows, and what else is stored about the newcomer. */
async function newcomer(
  { provider, profile: { email, subject } }: Pick<Arrival, 'provider' | 'profile'>,
  client?: TransactionClientContract
): Promise<Traces & { holder: User | null }> {
  const found = await ofNewcomer.first([email, email, provider.id, subject], client)
  return {
    holder: found?.holder?.email === email ? found.holder : null,
    hasRegistration: Boolean(found?.registration),
    hasRevocation: Boolean(found?.revocation),
  }
}

/** The accounts at a provider that somebody is linked to, with that person. */
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
