import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { untilUnique } from '#actions/until_unique'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import Registration from '#models/registration'
import ShownAddress from '#models/shown_address'
import User from '#models/user'
import { now } from '#models/clock'
import { decide } from '#social/decide'
import type { TripOutcome, Visit } from '#social/visit'
import type { RefusalOfPerson } from '#social/who_is_this'

/**
 * Turns a profile into a signed-in person by the rules of design.md §4: finds or
 * makes the user and the identity and writes the result into the attempt, all
 * in one transaction, so that a crash leaves nothing half-made.
 */
export class SignInWithProfile {
  async handle(visit: Visit): Promise<TripOutcome> {
    /* Two first visits at once: the second finds what the first has made. */
    return untilUnique(() => db.transaction((trx) => new SignIn(visit, trx).take()))
  }
}

type Refusal = RefusalOfPerson | 'missing_fields' | 'too_many_addresses'

/** One try at it, inside one transaction. */
class SignIn {
  constructor(
    private visit: Visit,
    private trx: TransactionClientContract
  ) {}

  async take(): Promise<TripOutcome> {
    const { provider, attempt } = this.visit
    const course = await decide(this.visit, this.trx)
    if (course.kind !== 'sign_in' && !(await this.#mayShowAddress())) {
      return this.#fail('too_many_addresses')
    }

    switch (course.kind) {
      case 'refuse':
        return this.#fail(course.failure)
      case 'ask_again':
        attempt.missingFields = course.missing
        return this.#fail('missing_fields')
      case 'complete':
        attempt.missingFields = course.missing
        return this.#hold('complete', course.user)
      case 'prove':
        return this.#hold('prove', course.user)
      case 'sign_in':
        return this.#signIn(course.user, course.identity)
      case 'join':
        await OutgoingMail.tellOfIdentity(course.user, 'identity_linked', provider.label, this.trx)
        return this.#signIn(course.user, new Identity())
      case 'create':
        return this.#signIn(await this.#createUser(course.emailIsProved), new Identity())
    }
  }

  /**
   * What follows may tell whether the address has an account here, so a newcomer
   * shows only a few; one proved here is the newcomer's own.
   */
  async #mayShowAddress(): Promise<boolean> {
    const { provider, profile, emailIsProved } = this.visit
    if (profile.email === null || emailIsProved) return true
    const { subject } = profile
    return ShownAddress.mayShow(profile.email, { providerId: provider.id, subject }, this.trx)
  }

  async #createUser(emailIsProved: boolean) {
    const { profile, attempt } = this.visit
    const email = emailIsProved ? profile.email : null
    if (email) await Registration.makeVoid(email, this.trx)
    return User.create(
      {
        email,
        name: profile.name ?? profile.nickname ?? '',
        nameSetHere: false,
        password: null,
        role: 'member',
        locale: attempt.locale,
      },
      { client: this.trx }
    )
  }

  async #signIn(user: User, identity: Identity): Promise<TripOutcome> {
    const { provider, profile, tokens, attempt } = this.visit
    const signedInAt = now()

    /* Nothing of the account changes before a second factor is given (PassSecondFactor). */
    user.useTransaction(this.trx)
    if (!user.hasSecondFactor) {
      if (identity.$isPersisted) await this.#refresh(user)
      user.lastSignInAt = signedInAt
      await user.save()
    }

    identity.useTransaction(this.trx)
    identity.belongTo(user, provider, profile, signedInAt)
    identity.keepTokens(tokens)
    await identity.save()

    attempt.useTransaction(this.trx)
    const outcome = user.firstFactorOutcome
    await attempt.finish({ outcome, userId: user.id, identityId: identity.id })
    return { kind: 'signed_in', user, identity, attempt }
  }

  /** A known person's name follows the provider's; an address only if it was proved here. */
  async #refresh(user: User) {
    const { provider, profile, emailIsProved } = this.visit
    user.followName(profile.name, provider)
    if (emailIsProved && user.email === null && !(await User.withEmail(profile.email, this.trx))) {
      await Registration.makeVoid(profile.email!, this.trx)
      user.email = profile.email
    }
  }

  /** Keeps what is known in this browser until its owner has proved or completed it. */
  async #hold(purpose: 'prove' | 'complete', target: User | null): Promise<TripOutcome> {
    const { provider, profile, tokens, attempt, browserHash } = this.visit
    await PendingIdentity.query({ client: this.trx }).where('browserHash', browserHash).delete()

    const pending = new PendingIdentity()
    pending.useTransaction(this.trx)
    pending.merge({
      browserHash,
      providerId: provider.id,
      subject: profile.subject,
      targetUserId: target?.id ?? null,
      attemptId: attempt.id,
      purpose,
      next: attempt.next,
      tries: 0,
      codesSent: 0,
      expiresAt: now().plus(PendingIdentity.LIFETIME),
    })
    pending.keepProfile(profile)
    pending.keepTokens(tokens)
    await pending.save()

    attempt.useTransaction(this.trx)
    await attempt.finish({ outcome: purpose === 'prove' ? 'must_prove' : 'must_complete' })
    return { kind: purpose === 'prove' ? 'must_prove' : 'must_complete' }
  }

  async #fail(failure: Refusal) {
    const { attempt } = this.visit
    attempt.useTransaction(this.trx)
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure } as const
  }
}
