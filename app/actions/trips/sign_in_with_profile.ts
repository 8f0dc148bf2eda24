import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { StaleRead, inTransaction } from '#database/transaction'
import { noteAgreements } from '#duties/note'
import { HearOfAddress } from '#actions/links/hear_of_address'
import { LetStrangerGo } from '#actions/links/let_stranger_go'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import Registration from '#models/registration'
import ShownAddress from '#models/shown_address'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { decide, type Course, type Grounds } from '#trip/decide'
import type { TripOutcome, Visit } from '#trip/visit'
import type { RefusalOfPerson } from '#trip/who_is_this'
import { tellOfMember } from '#oidc/tell_of_member'

/**
 * Turns a profile into a signed-in person by the rules of docs/design.md#who-is-this:
 * finds or creates the user and the identity and writes the result to the attempt, all
 * in one transaction, so that a crash leaves nothing half-made.
 */
export class SignInWithProfile {
  async handle(visit: Visit): Promise<TripOutcome> {
    /* Of two first visits at once, the second finds what the first has created. */
    return inTransaction((trx) => new SignIn(visit, trx).take())
  }
}

type Newcomer = Extract<Course, { kind: 'create' }>
type Refusal = RefusalOfPerson | 'missing_fields' | 'too_many_addresses' | 'proof_gone'

/** One try, inside one transaction. */
class SignIn {
  /** How long a person who is asked again takes to come back: the page, and a whole trip. */
  static readonly SECOND_TRIP = { minutes: 20 }

  readonly signedInAt = now()

  constructor(
    private visit: Visit,
    private trx: TransactionClientContract
  ) {}

  async take(): Promise<TripOutcome> {
    const { provider, attempt } = this.visit
    if (!(await this.#stillWaits())) return this.#fail('proof_gone')
    const course = await decide(this.visit, this.trx)
    if ('user' in course && course.user) await this.#mustBeAsRead(course.user, course.kind)
    if (course.kind !== 'sign_in' && !(await this.#mayShowAddress())) {
      return this.#refuse('too_many_addresses')
    }
    await course.displaced?.user.endEmailProof(course.displaced, this.trx)

    switch (course.kind) {
      case 'refuse':
        return this.#refuse(course.failure)
      case 'ask_again':
        attempt.missingFields = course.missing
        await this.#letGo({ cause: 'abandoned', after: now().plus(SignIn.SECOND_TRIP) })
        return this.#fail('missing_fields')
      case 'complete':
        attempt.missingFields = course.missing
        return this.#hold('complete', course.user)
      case 'prove':
        return this.#hold('prove', course.user)
      case 'sign_in':
        return this.#signIn(course.user, course.identity, course)
      case 'join':
        await OutgoingMail.tellOfIdentity(course.user, 'identity_linked', provider.label, this.trx)
        await tellOfMember(course.user.id, 'identity.linked', this.trx)
        return this.#signIn(course.user, new Identity(), course)
      case 'create':
        return this.#admit(course)
    }
  }

  /** What was given here counts only while the row that asked for it exists. */
  async #stillWaits(): Promise<boolean> {
    const { pending } = this.visit
    if (!pending) return true
    const waiting = await PendingIdentity.query({ client: this.trx })
      .where('id', pending.id)
      .where('expiresAt', '>', sqlTime(now()))
      .forUpdate()
      .first()
    return waiting !== null
  }

  /**
   * The decision rests on what was read before the user's row was locked. Nothing in
   * the account changes before a second factor is given (PassSecondFactor).
   */
  async #mustBeAsRead(user: User, kind: Course['kind']) {
    const signsIn = ['sign_in', 'join'].includes(kind) && !user.hasSecondFactor
    const changes = signsIn ? { lastSignInAt: sqlTime(this.signedInAt) } : {}
    if (!(await user.lockAsRead(this.trx, changes))) throw new StaleRead()
  }

  /**
   * What follows may reveal whether the address has an account here, so a newcomer may
   * show only a few; one proved here is the newcomer's own.
   */
  async #mayShowAddress(): Promise<boolean> {
    const { provider, profile, emailIsProved } = this.visit
    if (profile.email === null || emailIsProved) return true
    const { subject } = profile
    return ShownAddress.mayShow(profile.email, { providerId: provider.id, subject }, this.trx)
  }

  /** Lets a newcomer in. What the provider's word proves rests on that word from then on. */
  async #admit(course: Newcomer & Grounds) {
    const { emailIsProved, hasRegistration, hasRevocation } = course
    const identity = new Identity()
    identity.provesEmail = emailIsProved && !this.visit.emailIsProved
    identity.hasNoRevocation = !hasRevocation
    const email = emailIsProved ? this.visit.profile.email : null
    if (email && hasRegistration) await Registration.makeVoid(email, this.trx)
    const user = await this.#createUser(email)
    const { agreed, provider } = this.visit
    if (agreed) {
      const how = { way: 'provider', providerLabel: provider.label } as const
      await noteAgreements(user, agreed, how, this.trx)
    }
    return this.#signIn(user, identity, course)
  }

  async #createUser(email: string | null) {
    const { profile, attempt, site } = this.visit
    return User.create(
      {
        email,
        name: profile.name ?? profile.nickname ?? '',
        nameSetHere: false,
        password: null,
        role: 'member',
        locale: attempt.locale,
        /* Newcomers are let in once they have agreed to what is asked (`decide`). */
        duties: site.duties,
        lastSignInAt: this.signedInAt,
      },
      { client: this.trx }
    )
  }

  async #signIn(
    user: User,
    identity: Identity,
    { mayBePending }: Pick<Grounds, 'mayBePending'>
  ): Promise<TripOutcome> {
    const { provider, profile, tokens, attempt } = this.visit

    user.useTransaction(this.trx)
    identity.useTransaction(this.trx)
    if (identity.$isPersisted && !this.visit.emailIsProved) {
      await new HearOfAddress().handle(user, identity, this.visit, this.trx)
    }
    if (!user.hasSecondFactor && identity.$isPersisted) {
      await this.#refresh(user)
      await user.save()
    }

    if (identity.$isPersisted && identity.isUnlinked) {
      await tellOfMember(user.id, 'identity.linked', this.trx)
    }
    identity.belongTo(user, provider, profile, this.signedInAt)
    identity.sealTokens(tokens)
    await identity.save()

    attempt.useTransaction(this.trx)
    const outcome = user.firstFactorOutcome
    await attempt.finish({ outcome, userId: user.id, identityId: identity.id })
    const { next } = attempt
    return { kind: 'signed_in', user, identity, attempt, next, nothingPending: !mayBePending }
  }

  /**
   * A known person's name follows the provider's; an address is taken only if it was
   * proved here.
   */
  async #refresh(user: User) {
    const { provider, profile, emailIsProved } = this.visit
    user.followName(profile.name, provider)
    if (emailIsProved && user.email === null && !(await User.withEmail(profile.email, this.trx))) {
      await Registration.makeVoid(profile.email!, this.trx)
      await user.proveEmail(profile.email!, this.trx)
    }
  }

  /** Keeps what is known so far in this browser until its owner has proved or completed it. */
  async #hold(purpose: 'prove' | 'complete', target: User | null): Promise<TripOutcome> {
    const { provider, profile, tokens, attempt, browserHash } = this.visit
    const expiresAt = now().plus(PendingIdentity.LIFETIME)
    await this.#letGo({ cause: 'abandoned', after: expiresAt })
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
      agreed: this.visit.agreed ?? null,
      expiresAt,
    })
    pending.keepProfile(profile)
    pending.sealTokens(tokens)
    await pending.save()

    attempt.useTransaction(this.trx)
    await attempt.finish({ outcome: purpose === 'prove' ? 'must_prove' : 'must_complete' })
    return { kind: purpose === 'prove' ? 'must_prove' : 'must_complete' }
  }

  async #refuse(failure: Refusal) {
    await this.#letGo({ cause: 'refused' })
    return this.#fail(failure)
  }

  /** A person without an account here should not stay on the provider's list either. */
  #letGo(reason: Parameters<LetStrangerGo['handle']>[1]) {
    return new LetStrangerGo().handle(this.visit, reason, this.trx)
  }

  async #fail(failure: Refusal) {
    const { attempt } = this.visit
    attempt.useTransaction(this.trx)
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure } as const
  }
}
