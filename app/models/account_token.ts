import { belongsTo } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { affectedOne } from '#database/affected'
import { AccountTokenSchema } from '#database/schema'
import { hashToken, looksLikeToken, randomToken } from '#crypto/random_token'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'

type Purpose = keyof typeof AccountToken.LIFETIME

/** A link mailed to an existing person; only its hash is kept. */
export default class AccountToken extends AccountTokenSchema {
  static readonly LIFETIME = {
    reset_password: { hours: 1 },
    prove_email: { hours: 24 },
  } as const

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  /**
   * Makes a token and voids older ones of the same purpose.
   *
   * @param email the address it goes to
   * @returns the token, which exists only in the mail
   */
  static async issue(
    user: User,
    purpose: Purpose,
    email: string,
    client: TransactionClientContract
  ): Promise<string> {
    /*
     * Two requests at once would not see each other's token; a write to the user's row
     * serialises them.
     */
    await User.query({ client })
      .where('id', user.id)
      .update({ updatedAt: sqlTime(now()) })
    await AccountToken.query({ client }).where({ userId: user.id, purpose }).delete()

    const token = randomToken()
    await AccountToken.create(
      {
        userId: user.id,
        purpose,
        email,
        tokenHash: hashToken(token),
        expiresAt: now().plus(AccountToken.LIFETIME[purpose]),
      },
      { client }
    )
    return token
  }

  /** The row of a token with its user, unless it was used, replaced or has expired. */
  static async findAlive(purpose: Purpose, token: unknown): Promise<AccountToken | null> {
    if (!looksLikeToken(token)) return null
    const row = await AccountToken.query()
      .where({ purpose, tokenHash: hashToken(token) })
      .preload('user')
      .first()
    return row && row.expiresAt > now() && !row.user.isSuspended ? row : null
  }

  /** For every change of e-mail or password: voids links mailed before it. */
  static async voidAllOf(user: User, client: TransactionClientContract) {
    await AccountToken.query({ client }).where('userId', user.id).delete()
  }

  /**
   * Uses the token up.
   *
   * @returns whether this call was the one that did
   */
  async use(client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      AccountToken.query({ client })
        .where('id', this.id)
        .where('expiresAt', '>', sqlTime(now()))
        .delete()
    )
  }
}
