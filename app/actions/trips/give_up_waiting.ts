import { inTransaction } from '#database/transaction'
import SignInAttempt from '#models/sign_in_attempt'
import type WaitingCode from '#models/waiting_code'

/** Forgets a code whose waiting time is over, and ends its attempt, whose browser is gone. */
export class GiveUpWaiting {
  async handle(waiting: WaitingCode) {
    await inTransaction(async (trx) => {
      const attempt = await SignInAttempt.find(waiting.attemptId, { client: trx })
      if (await waiting.forget(trx)) {
        if (!attempt?.finishedAt) {
          await attempt?.finish({ outcome: 'failed', failure: 'secret_refused' })
        }
      } else {
        /* A look for the secret holds it right now, and will end the attempt. */
        await waiting.drop(trx)
      }
    })
  }
}
