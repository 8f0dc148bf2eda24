import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { SignInCodeSchema } from '#database/schema'
import { keyedHash } from '#crypto/random_token'
import { now, sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'
import User from '#models/user'
import UserSession from '#models/user_session'

/**
 * A six-digit code mailed to someone who is signed in. It counts only in the session that
 * asked for it, and its hash is keyed with that browser's secret, so the database alone
 * does not reveal it.
 */
export default class SignInCode extends SignInCodeSchema {
  static readonly LIFETIME = { minutes: 10 }
  static readonly MOST_TRIES = 5

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @belongsTo(() => UserSession, { foreignKey: 'sessionId' })
  declare session: BelongsTo<typeof UserSession>

  @beforeCreate()
  static givePublicId(code: SignInCode) {
    code.publicId ??= newPublicId()
  }

  /** The code that this session waits for, if it can still be typed. */
  static waitingFor(session: UserSession) {
    return SignInCode.query()
      .where('sessionId', session.id)
      .where('expiresAt', '>', sqlTime(now()))
      .where('tries', '<', SignInCode.MOST_TRIES)
      .orderBy('id', 'desc')
      .first()
  }

  /** @param browser the browser's secret */
  hashOf(typed: string, browser: string): string {
    return keyedHash(browser, `sign_in_code:${this.publicId}:${typed}`)
  }
}
