import { DateTime } from 'luxon'
import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { IdentitySchema } from '#database/schema'
import Provider from '#models/provider'
import User from '#models/user'
import { now } from '#models/clock'
import { newPublicId } from '#models/public_id'
import { seal } from '#models/sealed'
import type { Profile } from '#social/profile'
import type { TokenSet } from '#social/token_set'

/** The lasting link between a user and a `(provider, subject)`. */
export default class Identity extends IdentitySchema {
  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @beforeCreate()
  static givePublicId(identity: Identity) {
    identity.publicId ??= newPublicId()
  }

  /** The identity of this subject, with its user; `null` if nobody has it. */
  static async known(
    providerId: number,
    subject: string,
    client?: TransactionClientContract
  ): Promise<Identity | null> {
    const identity = await Identity.query({ client })
      .where('providerId', providerId)
      .where('subject', subject)
      .preload('user')
      .first()
    /* Some collations of MySQL take "a" and "a " for the same. */
    return identity?.subject === subject ? identity : null
  }

  /**
   * Notes whose this is and what the provider last said of them. A link that had
   * ended at the provider begins anew.
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
    this.email = profile.email ?? this.email ?? null
    this.name = profile.name ?? this.name ?? null
    this.lastUsedAt = at
  }

  /** Keeps the provider's tokens, encrypted, each under a purpose of its own. */
  keepTokens(tokens: TokenSet) {
    this.publicId ??= newPublicId()
    this.accessToken = seal(`identities:${this.publicId}:access_token`, tokens.accessToken)
    if (tokens.refreshToken !== null) {
      this.refreshToken = seal(`identities:${this.publicId}:refresh_token`, tokens.refreshToken)
    }
    this.tokenExpiresAt =
      tokens.expiresIn === null ? null : now().plus({ seconds: tokens.expiresIn })
    if (tokens.scopes !== null) this.scopes = tokens.scopes
  }

  /** Whether the provider said that the link ended; until it is revived this is no way in. */
  get isUnlinked() {
    return DateTime.isDateTime(this.unlinkedAt)
  }

  /**
   * Whether its owner can sign in through it today; `provider` must be loaded.
   * That of the sandbox is no row for any query once the sandbox is off.
   */
  get isWayIn() {
    const provider: Provider | null | undefined = this.provider
    return !this.isUnlinked && Boolean(provider?.isOffered)
  }
}
