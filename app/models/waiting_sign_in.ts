import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { WaitingSignInSchema } from '#database/schema'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'

/**
 * A sign-in with a correct first factor that still needs the second, or an agreement to what
 * this site requires, in one browser and for ten minutes. It is not a session: the person
 * waiting is a stranger on every page except the one that asks.
 */
export default class WaitingSignIn extends WaitingSignInSchema {
  static readonly LIFETIME = { minutes: 10 }
  static readonly MOST_TRIES = 5

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  /** The one of this token, unless it has expired or its tries are used up. */
  static async aliveOfToken(tokenHash: string): Promise<WaitingSignIn | null> {
    return WaitingSignIn.query()
      .where({ tokenHash })
      .where('tries', '<', WaitingSignIn.MOST_TRIES)
      .where('expiresAt', '>', sqlTime(now()))
      .preload('user')
      .first()
  }

  /** Whether the second factor comes next. The user must be loaded. */
  get awaitsSecondFactor() {
    return this.user.hasSecondFactor && !this.secondFactorAt
  }
}
