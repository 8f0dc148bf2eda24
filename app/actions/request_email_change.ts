import db from '@adonisjs/lucid/services/db'
import { OfferEmailProof } from '#actions/offer_email_proof'
import { untilUnique } from '#actions/until_unique'
import AccountToken from '#models/account_token'
import User from '#models/user'

/**
 * Asks for the proof of an address that somebody signed in wants to use. What
 * happens tells nothing about whether it has an account already: the link that
 * waited before is void in either case.
 */
export class RequestEmailChange {
  /** @param email normalised */
  async handle(user: User, email: string): Promise<void> {
    await untilUnique(() =>
      db.transaction(async (trx) => {
        const locked = await User.lock(user.id, trx)
        if (!locked) return

        /* Here, because an offer that goes nowhere would leave it: a way to tell the two apart. */
        await AccountToken.query({ client: trx })
          .where('userId', locked.id)
          .where('purpose', 'prove_email')
          .delete()
        await new OfferEmailProof().handle(locked, email, trx)
      })
    )
  }
}
