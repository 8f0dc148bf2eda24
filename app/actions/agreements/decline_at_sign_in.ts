import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import SignInAttempt from '#models/sign_in_attempt'
import WaitingSignIn from '#models/waiting_sign_in'

/** Ends a waiting sign-in of a member who does not agree: they stay a member, and are not in. */
export class DeclineAtSignIn {
  async handle({ id, attemptId }: WaitingSignIn): Promise<void> {
    await inTransaction(async (trx) => {
      const isOurs = await affectedOne(
        WaitingSignIn.query({ client: trx }).where('id', id).delete()
      )
      if (!isOurs || !attemptId) return
      const attempt = await SignInAttempt.find(attemptId, { client: trx })
      await attempt?.finish({ outcome: 'failed', failure: 'agreement_declined' })
    })
  }
}
