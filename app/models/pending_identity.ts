import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { PendingIdentitySchema } from '#database/schema'
import Provider from '#models/provider'
import User from '#models/user'
import { now, sqlTime } from '#models/clock'
import { newPublicId } from '#models/public_id'
import { seal, unseal } from '#models/sealed'
import type { Profile } from '#social/profile'
import type { TokenSet } from '#social/token_set'

/**
 * An identity waiting, in one browser and for ten minutes, for its owner to
 * prove an account or to complete missing fields.
 */
export default class PendingIdentity extends PendingIdentitySchema {
  static readonly LIFETIME = { minutes: 10 }
  static readonly MOST_TRIES = 5

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @belongsTo(() => User, { foreignKey: 'targetUserId' })
  declare targetUser: BelongsTo<typeof User>

  @beforeCreate()
  static givePublicId(pending: PendingIdentity) {
    pending.publicId ??= newPublicId()
  }

  /** The one that waits in this browser, if it has not expired. */
  static waitingIn(browserHash: string) {
    return PendingIdentity.query()
      .where('browserHash', browserHash)
      .where('expiresAt', '>', sqlTime(now()))
      .orderBy('id', 'desc')
      .first()
  }

  keep(profile: Profile, tokens: TokenSet) {
    this.publicId ??= newPublicId()
    this.profile = seal(`pending_identities:${this.publicId}:profile`, JSON.stringify(profile))
    this.tokens = seal(`pending_identities:${this.publicId}:tokens`, JSON.stringify(tokens))
  }

  revealProfile(): Profile {
    return JSON.parse(unseal(`pending_identities:${this.publicId}:profile`, this.profile))
  }

  revealTokens(): TokenSet | null {
    if (this.tokens === null) return null
    return JSON.parse(unseal(`pending_identities:${this.publicId}:tokens`, this.tokens))
  }
}
