import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Identity from '#models/identity'
import User from '#models/user'
import { DRIVERS } from '#social/drivers'
import type { MissingField } from '#social/profile'
import { mayAskAgain, missingFields } from '#social/required_fields'
import type { Visit } from '#social/visit'
import { vouchesForEmail } from '#social/vouching'
import { whoIsThis, type Decision } from '#social/who_is_this'

/** What a sign-in comes to, before anything of it is done. */
export type Course =
  | { kind: 'sign_in'; user: User; identity: Identity }
  | { kind: 'join'; user: User }
  | { kind: 'create'; emailIsProved: boolean }
  | { kind: 'prove'; user: User }
  /** The provider is asked once more for what is missing. */
  | { kind: 'ask_again' }
  /** What is missing is asked for here; `user` is who the person is known to be. */
  | { kind: 'complete'; user: User | null }
  | Extract<Decision, { kind: 'refuse' }>

/** What there is to know before deciding; a trial knows it as well as a sign-in. */
type Arrival = Pick<Visit, 'provider' | 'profile' | 'attempt' | 'emailIsProved'>

/**
 * Decides what becomes of a person who has come back from a provider to sign in:
 * reads what is known of them and goes by the rules of design.md §4. Writes
 * nothing, so that a trial can tell what a sign-in would do.
 *
 * @param client the transaction of the sign-in, so that what was read stays true
 */
export async function decide(
  { provider, profile, attempt, emailIsProved }: Arrival,
  client?: TransactionClientContract
): Promise<Course & { missing: MissingField[] }> {
  const identity = await Identity.known(provider.id, profile.subject, client)
  const emailOwner = identity ? null : await User.withEmail(profile.email, client)
  const vouched =
    emailIsProved ||
    vouchesForEmail(profile, provider.emailPolicy, DRIVERS[provider.driver].ownDomains)

  const decision = whoIsThis(
    {
      known: identity && { userId: identity.userId, suspended: identity.user.isSuspended },
      emailOwner: emailOwner && {
        userId: emailOwner.id,
        suspended: emailOwner.isSuspended,
        protected: emailOwner.isProtected,
      },
    },
    { vouched, allowSignUp: provider.allowSignUp, hidden: provider.hidden }
  )
  const missing = missingFields(
    provider.requiredFields,
    profile,
    identity && { email: identity.user.email ?? identity.email, name: identity.user.name }
  )
  if (decision.kind === 'refuse') return { ...decision, missing }
  if (missing.length > 0) {
    return mayAskAgain({ parentId: attempt.parentId, missingFields: missing })
      ? { kind: 'ask_again', missing }
      : { kind: 'complete', user: identity?.user ?? null, missing }
  }

  switch (decision.kind) {
    case 'sign_in':
      return { kind: 'sign_in', user: identity!.user, identity: identity!, missing }
    case 'join':
    case 'prove':
      return { kind: decision.kind, user: emailOwner!, missing }
    case 'create':
      return { ...decision, missing }
  }
}
