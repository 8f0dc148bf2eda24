import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { untilUnique } from '#actions/until_unique'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import Registration from '#models/registration'
import User from '#models/user'
import { now } from '#models/clock'
import { DRIVERS } from '#social/drivers'
import { mayAskAgain, missingFields } from '#social/required_fields'
import type { TripOutcome, Visit } from '#social/visit'
import { vouchesForEmail } from '#social/vouching'
import { whoIsThis, type RefusalOfPerson } from '#social/who_is_this'

/**
 * Turns a profile into a signed-in person by the rules of design.md §4: finds or
 * makes the user and the identity and writes the result into the attempt, all
 * in one transaction, so that a crash leaves nothing half-made.
 */
export class SignInWithProfile {
  async handle(visit: Visit): Promise<TripOutcome> {
    /* Two first visits at once: the second finds what the first has made. */
    return untilUnique(() => db.transaction((trx) => new Decision(visit, trx).take()))
  }
}

/** One try at it, inside one transaction. */
class Decision {
  constructor(
    private visit: Visit,
    private trx: TransactionClientContract
  ) {}

  async take(): Promise<TripOutcome> {
    const { provider, profile, attempt } = this.visit
    const identity = await Identity.known(provider.id, profile.subject, this.trx)
    const emailOwner = identity ? null : await User.withEmail(profile.email, this.trx)
    const vouched =
      this.visit.emailIsProved ||
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
    if (decision.kind === 'refuse') return this.#fail(decision.failure)

    const missing = missingFields(
      provider.requiredFields,
      profile,
      identity && { email: identity.user.email ?? identity.email, name: identity.user.name }
    )
    if (missing.length > 0) {
      attempt.missingFields = missing
      return mayAskAgain(attempt)
        ? this.#fail('missing_fields')
        : this.#hold('complete', identity?.user)
    }

    switch (decision.kind) {
      case 'sign_in':
        return this.#signIn(identity!.user, identity!)
      case 'join':
        await OutgoingMail.tellOfIdentity(emailOwner!, 'identity_linked', provider.label, this.trx)
        return this.#signIn(emailOwner!, new Identity())
      case 'create':
        return this.#signIn(await this.#createUser(decision.emailIsProved), new Identity())
      case 'prove':
        return this.#hold('prove', emailOwner!)
    }
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

    user.useTransaction(this.trx)
    if (identity.$isPersisted) await this.#refresh(user)
    user.lastSignInAt = signedInAt
    await user.save()

    identity.useTransaction(this.trx)
    identity.belongTo(user, provider, profile, signedInAt)
    identity.keepTokens(tokens)
    await identity.save()

    attempt.useTransaction(this.trx)
    await attempt.finish({ outcome: 'signed_in', userId: user.id, identityId: identity.id })
    return { kind: 'signed_in', user, identity }
  }

  /** A known person's name follows the provider's; an address only if it was proved here. */
  async #refresh(user: User) {
    const { provider, profile, emailIsProved } = this.visit
    if (profile.name && provider.syncProfile === 'always' && !user.nameSetHere) {
      user.name = profile.name
    }
    if (emailIsProved && user.email === null && !(await User.withEmail(profile.email, this.trx))) {
      await Registration.makeVoid(profile.email!, this.trx)
      user.email = profile.email
    }
  }

  /** Keeps what is known in this browser until its owner has proved or completed it. */
  async #hold(purpose: 'prove' | 'complete', target?: User): Promise<TripOutcome> {
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

  async #fail(failure: RefusalOfPerson | 'missing_fields') {
    const { attempt } = this.visit
    attempt.useTransaction(this.trx)
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure } as const
  }
}
