import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { UserSessionSchema } from '#database/schema'
import Identity from '#models/identity'
import User from '#models/user'
import { newPublicId } from '#models/public_id'
import { now, sqlTime } from '#models/clock'

/**
 * One signed-in browser. The cookie holds the token, this row its hash; the row
 * is read with the user on each request, so that revoking one or suspending the
 * user takes hold at once, in every process.
 */
export default class UserSession extends UserSessionSchema {
  /** A session ends with the browser or after a day; a remembered one after 30 days. */
  static readonly LIFETIME = { days: 1 }
  static readonly REMEMBERED_LIFETIME = { days: 30 }
  /** `seen_at` is written at most this often. */
  static readonly SEEN_EVERY = { minutes: 5 }

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @belongsTo(() => Identity)
  declare identity: BelongsTo<typeof Identity>

  @beforeCreate()
  static givePublicId(session: UserSession) {
    session.publicId ??= newPublicId()
  }

  /** A sensitive change wants a proof of identity not older than this. */
  static readonly RECENT = { minutes: 10 }

  get isRecent() {
    return this.authenticatedAt.plus(UserSession.RECENT) > now()
  }

  get isAlive() {
    return !this.revokedAt && this.expiresAt > now()
  }

  /** The sessions of a person that still work, the last used first. */
  static aliveOf(userId: number, client?: TransactionClientContract) {
    return UserSession.query({ client })
      .where('userId', userId)
      .whereNull('revokedAt')
      .where('expiresAt', '>', sqlTime(now()))
      .orderBy('seenAt', 'desc')
      .orderBy('id', 'desc')
  }

  async revoke() {
    this.revokedAt = now()
    await this.save()
  }
}
