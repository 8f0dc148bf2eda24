import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { AccountTokenSchema } from '#database/schema'
import User from '#models/user'

/** A link in a mail to somebody who exists; only its hash is kept. */
export default class AccountToken extends AccountTokenSchema {
  static readonly LIFETIME = {
    reset_password: { hours: 1 },
    prove_email: { hours: 24 },
  } as const

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>
}
