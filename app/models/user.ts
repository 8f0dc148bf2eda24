import type { DateTime } from 'luxon'
import hash from '@adonisjs/core/services/hash'
import { compose } from '@adonisjs/core/helpers'
import { beforeCreate, beforeSave, beforeUpdate, hasMany } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import { withAuthFinder } from '@adonisjs/auth/mixins/lucid'
import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import { UserSchema } from '#database/schema'
import AccountToken from '#models/account_token'
import type { AuditSubject } from '#audit/actions'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import type Provider from '#models/provider'
import Site from '#models/site/site'
import SignInCode from '#models/sign_in_code'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { newPublicId } from '#crypto/public_id'
import { now, sqlTime } from '#time/clock'
import { searchKey } from '#text/search_key'
import { endAtSites } from '#oidc/end_at_sites'
import { tellOfMember } from '#oidc/tell_of_member'

/** A person here. May have no e-mail and no password (null: not usable). */
export default class User extends compose(
  UserSchema,
  withAuthFinder(() => hash.use())
) {
  @hasMany(() => Identity)
  declare identities: HasMany<typeof Identity>

  @hasMany(() => UserSession)
  declare sessions: HasMany<typeof UserSession>

  @beforeCreate()
  static givePublicId(user: User) {
    user.publicId ??= newPublicId()
    user.sessionEpoch ??= 0
  }

  @beforeSave()
  static keepSearchKey(user: User) {
    if (user.$dirty.name !== undefined) user.searchKey = searchKey(user.name)
  }

  /** A name that changes, whoever changes it, is news to the sites. */
  @beforeUpdate()
  static async tellOfName(user: User) {
    if (user.$dirty.name === undefined) return
    await inTransaction((trx) => tellOfMember(user.id, 'member.changed', trx), user.$trx)
  }

  /** The person who proved this address; `null` if nobody did. */
  static async withEmail(
    email: string | null,
    client?: TransactionClientContract
  ): Promise<User | null> {
    if (email === null) return null
    const user = await User.query({ client }).where('email', email).first()
    return user?.email === email ? user : null
  }

  /**
   * Locks this row for the rest of the transaction: with a locking read, which shows the
   * row as it is now and not as the transaction first saw it; SQLite has no such read and
   * needs a write first.
   *
   * @returns the row as it is now, or `null` when it is gone
   */
  static async lock(id: number, client: TransactionClientContract): Promise<User | null> {
    if (client.dialect.name !== 'mysql') await User.query({ client }).where('id', id).update({ id })
    return User.query({ client }).where('id', id).forUpdate().first()
  }

  /**
   * The same for somebody who is about to be signed in, with what the site asks of members
   * now (`presentDuties`).
   */
  static async lockToSignIn(id: number, client: TransactionClientContract): Promise<User | null> {
    if (client.dialect.name !== 'mysql') await User.query({ client }).where('id', id).update({ id })
    return User.query({ client })
      .select('users.*', client.raw(`${Site.DUTIES} as present_duties`))
      .where('id', id)
      .forUpdate()
      .first()
  }

  /** What the site asks of members, where this row was read with it; `null` for nothing. */
  get presentDuties(): string | null {
    return this.$extras.present_duties ?? null
  }

  /**
   * Locks this row for the rest of the transaction, unless something that decides who
   * gets in has changed about this person since they were read.
   *
   * @param changes written with the same statement
   * @returns whether the row is still as it was read
   */
  async lockAsRead(
    client: TransactionClientContract,
    changes: { lastSignInAt?: string } = {}
  ): Promise<boolean> {
    const { id, sessionEpoch } = this
    return affectedOne(
      User.query({ client })
        .where({ id, sessionEpoch })
        .where((same) =>
          this.isSuspended ? same.whereNotNull('suspendedAt') : same.whereNull('suspendedAt')
        )
        .update({ id, ...changes })
    )
  }

  /**
   * Invalidates everything that someone has proved so far and that has not yet become a
   * session.
   */
  static async outdateProofs(id: number, client?: TransactionClientContract) {
    await User.query({ client }).where('id', id).increment('session_epoch', 1)
  }

  /** Whether what was proved of this person, as they were read then, still counts. */
  isAsProvedBy({ sessionEpoch }: User) {
    return !this.isSuspended && this.sessionEpoch === sessionEpoch
  }

  /** How the audit names a person. */
  get asAuditSubject(): AuditSubject {
    return { type: 'user', id: this.publicId, label: this.name || this.email }
  }

  get isAdmin() {
    return this.role === 'admin'
  }

  get isSuspended() {
    return this.suspendedAt !== null && this.suspendedAt !== undefined
  }

  /**
   * The version of what administrators change about a person, for a form to carry
   * (`isStale`).
   */
  get version() {
    return `${this.role}:${this.suspendedAt?.toSeconds() ?? 'active'}`
  }

  /**
   * Whether an account may never be joined by e-mail, whatever a provider's policy: an
   * administrator's, and anyone's with a second factor.
   */
  get isProtected() {
    return this.isAdmin || this.hasSecondFactor
  }

  /** Whether a correct first factor is only half of a sign-in. */
  get hasSecondFactor() {
    return Boolean(this.secondFactorAt)
  }

  /** The outcome of a sign-in once the first factor was correct. */
  get firstFactorOutcome() {
    return this.hasSecondFactor ? 'second_factor_due' : 'signed_in'
  }

  /**
   * Overrides the auth finder's: a user without a password takes the same time and gives
   * the same answer as a wrong password, where the finder would throw.
   */
  async verifyPassword(plainPassword: string) {
    if (this.password === null) {
      await hash.make(plainPassword)
      return false
    }
    return super.verifyPassword(plainPassword)
  }

  /**
   * Records a sign-in with the password that was just verified, which takes its time.
   * With a second factor, it does not count as a sign-in yet.
   *
   * @returns `false` when the password has changed by now
   */
  async notePasswordSignIn(at: DateTime): Promise<boolean> {
    return affectedOne(
      User.query()
        .where('id', this.id)
        .where('password', this.password ?? '')
        .update(this.hasSecondFactor ? { id: this.id } : { lastSignInAt: sqlTime(at) })
    )
  }

  /**
   * Stores a password that is already hashed: saving the model would hash it again, and
   * there is no time for that inside a transaction.
   */
  async keepPasswordHash(hashed: string, client: TransactionClientContract) {
    await User.query({ client })
      .where('id', this.id)
      .update({ password: hashed, updatedAt: sqlTime(now()) })
  }

  /** Whether this person can sign in with a password, which requires a proved address. */
  get hasPasswordSignIn() {
    return this.password !== null && this.email !== null
  }

  /**
   * Whether this site can ask, on its own, for a proof of who this is: a password, or a
   * code sent to the proved address.
   */
  get canProveHere() {
    return this.password !== null || this.email !== null
  }

  /**
   * Updates the name to what a provider says, if that is wanted and the person has not
   * chosen one here.
   */
  followName(name: string | null, { syncProfile }: Pick<Provider, 'syncProfile'>) {
    if (name && syncProfile === 'always' && !this.nameSetHere) this.name = name
  }

  /**
   * Ends every session of this user except `except`, at once and in every process. Also
   * ends what would become one: sign-ins that are under way or wait for the second
   * factor, identities that wait to be joined, and what other sites were given.
   */
  async endSessions({ except }: { except?: UserSession } = {}) {
    await inTransaction((trx) => this.#endSessions(trx, except), this.$trx)
  }

  async #endSessions(trx: TransactionClientContract, except?: UserSession) {
    await User.outdateProofs(this.id, trx)
    await PendingIdentity.query({ client: trx }).where('targetUserId', this.id).delete()
    await WaitingSignIn.query({ client: trx }).where('userId', this.id).delete()
    const query = UserSession.query({ client: trx }).where('userId', this.id).whereNull('revokedAt')
    if (except) query.whereNot('id', except.id)
    await query.update({ revokedAt: sqlTime(now()) })
    await endAtSites({ userId: this.id, exceptSessionId: except?.id }, trx)
  }

  /**
   * Shuts this person out: besides the sessions, mailed links and proofs under way become
   * invalid.
   *
   * @param note why, for administrators
   * @param client the transaction that holds this row
   */
  async suspend(note: string | null, client: TransactionClientContract) {
    this.useTransaction(client)
    this.suspendedAt = now()
    this.suspensionNote = note
    await this.save()
    await this.endSessions()
    await tellOfMember(this.id, 'member.suspended', client)
    await AccountToken.voidAllOf(this, client)
  }

  /**
   * Makes an address the proved one by its own proof: a link or a code mailed to it. No
   * provider's word ends that.
   *
   * @param client the transaction that holds this row
   */
  async proveEmail(email: string, client: TransactionClientContract) {
    this.email = email
    this.emailEndedAt = null
    await this.useTransaction(client).save()
    await Identity.query({ client }).where('userId', this.id).update({ provesEmail: false })
    await tellOfMember(this.id, 'member.changed', client)
  }

  /**
   * Ends the proof of the address if it rests on this identity's word: its provider no
   * longer vouches for it, so it may belong to someone else by now, and must not be used
   * to mail, find or prove anyone (decision 9).
   *
   * @param identity as it was until now
   * @returns whether the proof ended
   */
  async endEmailProof(identity: Identity, client: TransactionClientContract): Promise<boolean> {
    const endedAt = now()
    const { email } = this
    if (!identity.provesEmailOf(this)) return false
    const ended = await affectedOne(
      User.query({ client })
        .where({ id: this.id, email })
        .whereExists((proof) =>
          proof.from('identities').where({ id: identity.id, user_id: this.id, proves_email: true })
        )
        .update({ email: null, emailEndedAt: sqlTime(endedAt) })
    )
    identity.provesEmail = false
    if (!ended) return false

    await Identity.query({ client })
      .where('userId', this.id)
      .where((named) => named.where({ email }).orWhere('id', identity.id))
      .update({ email: null, provesEmail: false })
    await AccountToken.voidAllOf(this, client)
    await SignInCode.query({ client }).where('userId', this.id).delete()
    await PendingIdentity.query({ client })
      .where({ targetUserId: this.id, purpose: 'prove' })
      .delete()
    await tellOfMember(this.id, 'member.changed', client)
    identity.email = null
    this.email = null
    this.emailEndedAt = endedAt
    return true
  }

  /**
   * Whether this person is linked to some account of a provider: someone who comes with a
   * different one is a different person (decision 9), unless they connect it here
   * themselves.
   */
  async isAnotherAt(providerId: number, client: TransactionClientContract): Promise<boolean> {
    const living = await Identity.query({ client })
      .select('id')
      .where({ userId: this.id, providerId })
      .whereNull('unlinkedAt')
      .first()
    return living !== null
  }

  /** Whether the address was once proved and no longer is. */
  get hasLostEmail() {
    return this.email === null && Boolean(this.emailEndedAt)
  }

  /**
   * Cancels a scheduled withdrawal.
   *
   * @returns whether one was scheduled
   */
  async cancelWithdrawal(): Promise<boolean> {
    const cancelled = await affectedOne(
      User.query({ client: this.$trx })
        .where('id', this.id)
        .whereNotNull('withdrawAt')
        .update({ withdrawAt: null })
    )
    this.withdrawAt = null
    return cancelled
  }
}
