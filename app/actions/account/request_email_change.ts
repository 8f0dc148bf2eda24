import { SendEmailProof } from '#actions/account/send_email_proof'
import { inEvenTime } from '#crypto/even_time'
import { inSession } from '#auth/in_session'
import AccountToken from '#models/account_token'
import type UserSession from '#models/user_session'

/**
 * Asks for the proof of an address that somebody signed in wants to use. What
 * happens tells nothing about whether it has an account already: the link that
 * waited before is void in either case.
 */
export class RequestEmailChange {
  /** @param email normalised */
  async handle(session: UserSession, email: string): Promise<void> {
    await inEvenTime(() =>
      inSession(session, async (user, trx) => {
        /* Here, because a proof that is sent nowhere would leave it: a way to tell the two apart. */
        await AccountToken.query({ client: trx })
          .where('userId', user.id)
          .where('purpose', 'prove_email')
          .delete()
        await new SendEmailProof().handle(user, email, trx)
      })
    )
  }
}
