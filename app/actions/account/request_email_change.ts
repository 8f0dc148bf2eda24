import { SendEmailProof } from '#actions/account/send_email_proof'
import { inEvenTime } from '#crypto/even_time'
import { inSession } from '#auth/in_session'
import AccountToken from '#models/account_token'
import type UserSession from '#models/user_session'

/**
 * Asks for proof of an address that a signed-in user wants to use. The outcome does not
 * tell whether the address has an account already: the link that was waiting is void
 * either way.
 */
export class RequestEmailChange {
  /** @param email normalised */
  async handle(session: UserSession, email: string): Promise<void> {
    await inEvenTime(() =>
      inSession(session, async (user, trx) => {
        /*
         * Done here, because a proof that is never sent would leave the old link in
         * place, and that would tell the two cases apart.
         */
        await AccountToken.query({ client: trx })
          .where('userId', user.id)
          .where('purpose', 'prove_email')
          .delete()
        await new SendEmailProof().handle(user, email, trx)
      })
    )
  }
}
