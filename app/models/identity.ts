import { DateTime } from 'luxon'
import { afterCreate, beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import { IdentitySchema } from '#database/schema'
import { IS_PENDING_IN_BROWSER } from '#auth/browser'
import Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import Revocation from '#models/revocation'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { Join } from '#database/join'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'
import type { FailureName } from '#trip/failure'
import type { Profile } from '#trip/profile'
import { endAtSites } from '#oidc/end_at_sites'
import { tellOfMember } from '#oidc/tell_of_member'
import type { KeptTokens, TokenSet } from '#protocol/token_set'

/** The lasting link between a user and a `(provider, subject)`. */
export default class Identity extends IdentitySchema {
  /** An access token this close to its end is no longer handed out. */
  static readonly TOKEN_MARGIN = { minutes: 1 }
  /** Longer than a refresh can take: two secrets and two profile requests, at five seconds each. */
  static readonly REFRESH_LEASE = { seconds: 30 }
  /** After a failed refresh, nobody tries again for this long. */
  static readonly REFRESH_REST = { seconds: 10 }

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @beforeCreate()
  static givePublicId(identity: Identity) {
    identity.publicId ??= newPublicId()
  }

  static readonly #withUser = new Join(
    () => ({ identity: Identity, user: User }),
    `identities identity join users \`user\` on \`user\`.id = identity.user_id
      where identity.provider_id = ? and identity.subject = ?`,
    { mayBePending: IS_PENDING_IN_BROWSER }
  )

  /** Whether anything waits in the browser that this was read for; came along with the row. */
  mayBePending = true

  /** Set once the same transaction has checked that no link of this account waits to be ended. */
  hasNoRevocation = false

  /** A person who links again does not want the former link ended. */
  @afterCreate()
  static async keepLink(identity: Identity) {
    if (!identity.hasNoRevocation) await Revocation.dropFor(identity, identity.$trx)
  }

  /**
   * The identity of this subject, with its user; `null` if nobody has it.
   *
   * @param browserHash of the browser it is read for
   */
  static async known(
    providerId: number,
    subject: string,
    client?: TransactionClientContract,
    browserHash: string | null = null
  ): Promise<Identity | null> {
    const values = [browserHash, providerId, subject]
    const { identity, user, mayBePending } = (await Identity.#withUser.first(values, client)) ?? {}
    /* Some collations of MySQL treat "a" and "a " as the same. */
    if (!identity || identity.subject !== subject) return null
    identity.$setRelated('user', user!)
    if (browserHash !== null) identity.mayBePending = Boolean(mayBePending)
    return identity
  }

  /**
   * Records whose this is and what the provider last said about them. A link that had
   * ended at the provider starts over.
   */
  belongTo(user: User, provider: Provider, profile: Profile, at: DateTime) {
    if (!this.$isPersisted) {
      this.providerId = provider.id
      this.subject = profile.subject
      this.scopes = []
    }
    if (!this.$isPersisted || this.isUnlinked) this.linkedAt = at
    this.userId = user.id
    this.unlinkedAt = null
    this.email = profile.emailStatus === 'lost' ? null : (profile.email ?? this.email ?? null)
    this.name = profile.name ?? this.name ?? null
    this.lastUsedAt = at
  }

  #purpose(column: 'access_token' | 'refresh_token') {
    return `identities:${this.publicId}:${column}`
  }

  /**
   * Encrypts the provider's tokens into this row, each under its own purpose, and leaves
   * saving to the caller. If no refresh token came along, the old one stays.
   */
  sealTokens(tokens: TokenSet) {
    this.publicId ??= newPublicId()
    this.accessToken = seal(this.#purpose('access_token'), tokens.accessToken)
    if (tokens.refreshToken !== null) {
      this.refreshToken = seal(this.#purpose('refresh_token'), tokens.refreshToken)
    }
    this.tokenExpiresAt =
      tokens.expiresIn === null ? null : now().plus({ seconds: tokens.expiresIn })
    this.tokenClientId = tokens.clientId
    if (tokens.scopes !== null) this.scopes = tokens.scopes
  }

  /** The tokens in clear text. @throws SecretUnreadable */
  revealTokens(): KeptTokens {
    const reveal = (column: 'access_token' | 'refresh_token', sealed: string | null) =>
      sealed === null ? null : unseal(this.#purpose(column), sealed)
    return {
      accessToken: reveal('access_token', this.accessToken),
      refreshToken: reveal('refresh_token', this.refreshToken),
    }
  }

  /** Whether the access token is still good by the clock; it is if the provider gave no end. */
  get hasFreshToken() {
    if (this.accessToken === null) return false
    return !this.tokenExpiresAt || this.tokenExpiresAt > now().plus(Identity.TOKEN_MARGIN)
  }

  /** Why a refresh failed a moment ago, while it is too early to try again. */
  get restsAfter(): FailureName | null {
    const isEarly = this.refreshLeaseUntil !== null && this.refreshLeaseUntil > now()
    return isEarly ? (this.refreshFailure as FailureName | null) : null
  }

  /**
   * Reserves the refresh of this row's tokens for the caller, for `REFRESH_LEASE`.
   *
   * @returns whether it was free and the tokens are still the ones that were read
   */
  async leaseRefresh(): Promise<boolean> {
    const leaseUntil = now().plus(Identity.REFRESH_LEASE)
    const leased = await affectedOne(
      this.#withTokensSeen()
        .where((lease) => {
          lease.whereNull('refreshLeaseUntil').orWhere('refreshLeaseUntil', '<=', sqlTime(now()))
        })
        .update({ refreshLeaseUntil: sqlTime(leaseUntil), refreshFailure: null })
    )
    if (!leased) return false
    this.refreshLeaseUntil = leaseUntil
    return true
  }

  /**
   * Saves the tokens from the caller's refresh and ends its lease.
   *
   * @returns `false` when they are not needed: a sign-in brought newer ones, or the link
   *   is gone
   */
  async saveRefreshedTokens(tokens: TokenSet): Promise<boolean> {
    const mine = this.#withTokensSeen().where('refreshLeaseUntil', this.#leaseEnd)
    this.sealTokens(tokens)
    return affectedOne(
      mine.update({
        accessToken: this.accessToken,
        ...(tokens.refreshToken !== null && { refreshToken: this.refreshToken }),
        tokenExpiresAt: this.tokenExpiresAt && sqlTime(this.tokenExpiresAt),
        tokenClientId: this.tokenClientId,
        scopes: JSON.stringify(this.scopes),
        refreshLeaseUntil: null,
        refreshFailure: null,
        updatedAt: sqlTime(now()),
      })
    )
  }

  /**
   * The caller's refresh failed: anyone waiting for it learns why, and nobody tries for a
   * while.
   */
  async restRefresh(failure: FailureName) {
    await Identity.query()
      .where('id', this.id)
      .where('refreshLeaseUntil', this.#leaseEnd)
      .update({
        refreshLeaseUntil: sqlTime(now().plus(Identity.REFRESH_REST)),
        refreshFailure: failure,
      })
  }

  /**
   * Records that the link has ended at the provider: the tokens are wiped, the row stays,
   * and a later sign-in revives it.
   *
   * @returns whether it was linked until now, with the tokens that were read
   */
  async endLink(at: DateTime, client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      this.#withTokensSeen(client).update({
        unlinkedAt: sqlTime(at),
        accessToken: null,
        refreshToken: null,
        tokenExpiresAt: null,
        tokenClientId: null,
        refreshLeaseUntil: null,
        refreshFailure: null,
        updatedAt: sqlTime(now()),
      })
    )
  }

  /**
   * Ends the link here and deletes the row, along with the sessions that came through it
   * (ON DELETE CASCADE). Ending it at the provider is queued for a job, and received
   * notices no longer say whom they were about. `provider` must be loaded.
   *
   * @param ending.person the owner of the account, told by mail if the provider never
   *   ends it
   */
  async disconnect(
    ending: Parameters<typeof Revocation.queue>[1],
    client: TransactionClientContract
  ): Promise<void> {
    await Revocation.queue(this, ending, client)
    await ReceivedNotice.forgetSubject(this, client)
    await endAtSites({ identityId: this.id }, client)
    if (ending.cause === 'disconnected') {
      await tellOfMember(this.userId, 'identity.unlinked', client)
    }
    await Identity.query({ client }).where('id', this.id).delete()
  }

  /* Each sign-in and each refresh sets a new end; a change of SECRETS_KEY does not. */
  #withTokensSeen(client?: TransactionClientContract) {
    const row = Identity.query({ client }).where('id', this.id).whereNull('unlinkedAt')
    return this.tokenExpiresAt
      ? row.where('tokenExpiresAt', sqlTime(this.tokenExpiresAt))
      : row.whereNull('tokenExpiresAt')
  }

  get #leaseEnd() {
    return sqlTime(this.refreshLeaseUntil ?? now())
  }

  /**
   * Whether the proof of that person's address rests on what this account's provider
   * says. The identity's own address is gone if consent to it was withdrawn.
   */
  provesEmailOf({ email }: User) {
    return this.provesEmail && email !== null && (this.email ?? email) === email
  }

  /** Whether the provider said that the link ended; it cannot be used to sign in until revived. */
  get isUnlinked() {
    return DateTime.isDateTime(this.unlinkedAt)
  }

  /**
   * Whether its owner can sign in through it today; `provider` must be loaded. The
   * sandbox's provider is invisible to every query once the sandbox is off.
   */
  get isWayIn() {
    const provider: Provider | null | undefined = this.provider
    return !this.isUnlinked && Boolean(provider?.hasButton)
  }
}
