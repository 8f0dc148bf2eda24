/** What the database knows about the person and the address in the profile. */
export interface Acquaintance {
  /** The user that this `(provider, subject)` belongs to. */
  known: { userId: number; suspended: boolean } | null
  /** The user whose proved address the profile shows. */
  emailOwner: {
    userId: number
    suspended: boolean
    protected: boolean
    /** Is linked to another account at this same provider. */
    another: boolean
  } | null
}

/** What the provider's row and the profile add. */
export interface Circumstances {
  /** The provider vouches for the address. */
  vouched: boolean
  allowSignUp: boolean
  /** Its button is hidden: only people already connected to it may use it. */
  hidden: boolean
}

export type Decision =
  | { kind: 'sign_in'; userId: number }
  | { kind: 'create'; emailIsProved: boolean }
  | { kind: 'join'; userId: number }
  | { kind: 'prove'; userId: number }
  | { kind: 'refuse'; failure: RefusalOfPerson }

export type RefusalOfPerson =
  'suspended' | 'newcomers_refused' | 'sign_up_closed' | 'account_protected'

/**
 * Answers "Who is this?" for somebody who wants to sign in: the table of
 * docs/design.md#who-is-this, row by row, without side effects.
 */
export function whoIsThis(
  { known, emailOwner }: Acquaintance,
  { vouched, allowSignUp, hidden }: Circumstances
): Decision {
  if (known) {
    return known.suspended
      ? { kind: 'refuse', failure: 'suspended' }
      : { kind: 'sign_in', userId: known.userId }
  }
  /* Regardless of the address: a stranger must not learn that it has an account here. */
  if (hidden) return { kind: 'refuse', failure: 'newcomers_refused' }
  if (!emailOwner) return newcomer(vouched, allowSignUp)
  if (vouched && emailOwner.suspended) return { kind: 'refuse', failure: 'suspended' }
  /* Two living accounts at one provider are two people (decision 9). */
  if (emailOwner.another) return newcomer(false, allowSignUp)
  /*
   * Anybody can show an address that nobody vouches for. Until it is proved, every account
   * looks alike; only then do we tell what kind is behind it (JoinPendingIdentity).
   */
  if (!vouched) return { kind: 'prove', userId: emailOwner.userId }
  if (emailOwner.protected) return { kind: 'refuse', failure: 'account_protected' }
  return { kind: 'join', userId: emailOwner.userId }
}

function newcomer(emailIsProved: boolean, allowSignUp: boolean): Decision {
  return allowSignUp
    ? { kind: 'create', emailIsProved }
    : { kind: 'refuse', failure: 'sign_up_closed' }
}
