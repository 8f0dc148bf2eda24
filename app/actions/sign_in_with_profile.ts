import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import type Provider from '#models/provider'
import Registration from '#models/registration'
import type SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now } from '#models/clock'
import { untilUnique } from '#actions/until_unique'
import { DRIVERS } from '#social/drivers'
import type { MissingField, Profile } from '#social/profile'
import { missingFields } from '#social/required_fields'
import type { TokenSet } from '#social/token_set'
import { vouchesForEmail } from '#social/vouching'
import { whoIsThis } from '#social/who_is_this'

export type SignInOutcome =
  | { kind: 'signed_in'; user: User; identity: Identity }
  | { kind: 'must_prove'; pending: PendingIdentity }
  | { kind: 'missing_fields'; missing: MissingField[] }
  | { kind: 'refused'; failure: 'suspended' | 'sign_up_closed' | 'account_protected' }

interface Visit {
  provider: Provider
  attempt: SignInAttempt
  profile: Profile
  tokens: TokenSet
  /** Hash of the browser's secret, which a pending identity is bound to. */
  browserHash: string
}

/**
 * Turns a profile into a signed-in person by the rules of design.md §4: finds or
 * makes the user and the identity and writes the result into the attempt, all
 * in one transaction, so that a crash leaves nothing half-made.
 */
export class SignInWithProfile {
  async handle(visit: Visit): Promise<SignInOutcome> {
    /* Two first visits at once: the second finds what the first has made. */
    return untilUnique(() => db.transaction((trx) => this.#decide(visit, trx)))
  }

  async #decide(visit: Visit, trx: TransactionClientContract): Promise<SignInOutcome> {
    const { provider, profile } = visit
    const known = await Identity.query({ client: trx })
      .where('providerId', provider.id)
      .where('subject', profile.subject)
      .preload('user')
      .first()
    const identity = known?.subject === profile.subject ? known : null
    const emailOwner = identity ? null : await this.#ownerOf(profile.email, trx)

    const missing = missingFields(
      provider.requiredFields,
      profile,
      identity && { email: identity.user.email ?? identity.email, name: identity.user.name }
    )
    if (missing.length > 0 && !identity?.user.isSuspended) {
      await this.#finish(visit, trx, { failure: 'missing_fields', missingFields: missing })
      return { kind: 'missing_fields', missing }
    }

    const decision = whoIsThis(
      {
        known: identity && { userId: identity.userId, suspended: identity.user.isSuspended },
        emailOwner: emailOwner && {
          userId: emailOwner.id,
          suspended: emailOwner.isSuspended,
          protected: emailOwner.isProtected,
        },
      },
      {
        vouched: vouchesForEmail(
          profile,
          provider.emailPolicy,
          DRIVERS[provider.driver].ownDomains
        ),
        allowSignUp: provider.allowSignUp,
      }
    )

    switch (decision.kind) {
      case 'sign_in':
        return this.#signIn(visit, trx, identity!.user, identity!)
      case 'join':
        return this.#signIn(visit, trx, emailOwner!, new Identity())
      case 'create':
        return this.#signIn(
          visit,
          trx,
          await this.#createUser(visit, trx, decision.emailIsProved),
          new Identity()
        )
      case 'prove':
        return { kind: 'must_prove', pending: await this.#hold(visit, trx, emailOwner!) }
      case 'refuse':
        await this.#finish(visit, trx, { failure: decision.failure })
        return { kind: 'refused', failure: decision.failure }
    }
  }

  async #ownerOf(email: string | null, trx: TransactionClientContract) {
    if (email === null) return null
    const user = await User.query({ client: trx }).where('email', email).first()
    return user?.email === email ? user : null
  }

  async #createUser({ profile, attempt }: Visit, trx: TransactionClientContract, proved: boolean) {
    return User.create(
      {
        email: proved ? profile.email : null,
        name: profile.name ?? profile.nickname ?? '',
        nameSetHere: false,
        password: null,
        role: 'member',
        locale: attempt.locale,
      },
      { client: trx }
    )
  }

  async #signIn(
    visit: Visit,
    trx: TransactionClientContract,
    user: User,
    identity: Identity
  ): Promise<SignInOutcome> {
    const { provider, profile, tokens } = visit
    const isNew = !identity.$isPersisted
    const signedInAt = now()

    /* A sign-up that waits for an address which this person has proved waits for nothing. */
    if (isNew && user.email !== null) await Registration.voidAllOf(user.email, trx)

    user.useTransaction(trx)
    if (!isNew && profile.name && provider.syncProfile === 'always' && !user.nameSetHere) {
      user.name = profile.name
    }
    user.lastSignInAt = signedInAt
    await user.save()

    identity.useTransaction(trx)
    if (isNew) {
      identity.merge({ userId: user.id, providerId: provider.id, subject: profile.subject })
      identity.scopes = []
    }
    if (isNew || identity.isUnlinked) identity.linkedAt = signedInAt
    identity.unlinkedAt = null
    identity.email = profile.email ?? identity.email ?? null
    identity.name = profile.name ?? identity.name ?? null
    identity.lastUsedAt = signedInAt
    identity.keepTokens(tokens)
    await identity.save()

    await this.#finish(visit, trx, {
      outcome: 'signed_in',
      userId: user.id,
      identityId: identity.id,
    })
    return { kind: 'signed_in', user, identity }
  }

  async #hold(visit: Visit, trx: TransactionClientContract, owner: User) {
    const { provider, profile, tokens, attempt, browserHash } = visit
    await PendingIdentity.query({ client: trx }).where('browserHash', browserHash).delete()

    const pending = new PendingIdentity()
    pending.useTransaction(trx)
    pending.merge({
      browserHash,
      providerId: provider.id,
      subject: profile.subject,
      targetUserId: owner.id,
      purpose: 'prove',
      next: attempt.next,
      tries: 0,
      expiresAt: now().plus(PendingIdentity.LIFETIME),
    })
    pending.keep(profile, tokens)
    await pending.save()

    await this.#finish(visit, trx, { outcome: 'must_prove' })
    return pending
  }

  async #finish(
    { attempt }: Visit,
    trx: TransactionClientContract,
    result: Partial<
      Pick<SignInAttempt, 'outcome' | 'failure' | 'missingFields' | 'userId' | 'identityId'>
    >
  ) {
    attempt.useTransaction(trx)
    attempt.merge({ outcome: 'failed', ...result, finishedAt: now() })
    await attempt.save()
  }
}
