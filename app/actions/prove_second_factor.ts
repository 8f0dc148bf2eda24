import db from '@adonisjs/lucid/services/db'
import { untilUnique } from '#actions/until_unique'
import { checkSecondFactor, type SecondFactorCheck, type TypedFactor } from '#auth/second_factor'
import User from '#models/user'

/** Checks the second factor of somebody signed in, who has just given the first again. */
export class ProveSecondFactor {
  async handle({ id }: User, typed: TypedFactor): Promise<SecondFactorCheck | { kind: 'off' }> {
    return untilUnique(() =>
      db.transaction(async (trx) => {
        const user = await User.lock(id, trx)
        return user?.hasSecondFactor ? checkSecondFactor(user, typed, trx) : { kind: 'off' }
      })
    )
  }
}
