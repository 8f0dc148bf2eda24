import { affectedOne } from '#database/affected'
import { sameText } from '#crypto/random_token'
import SignInCode from '#models/sign_in_code'
import type UserSession from '#models/user_session'

export type CodeCheck =
  { kind: 'confirmed' } | { kind: 'wrong'; triesLeft: number } | { kind: 'gone' }

/** Checks the six digits mailed to a signed-in user; they work once, in this session. */
export class CheckSignInCode {
  /** @param browser the browser's secret, if it has sent one */
  async handle(session: UserSession, typed: string, browser: string | null): Promise<CodeCheck> {
    const code = await SignInCode.waitingFor(session)
    if (!code || browser === null) return { kind: 'gone' }

    /* Counted before the digits are checked, so that two tries at once cannot count as one. */
    const taken = await affectedOne(
      SignInCode.query()
        .where('id', code.id)
        .where('tries', '<', SignInCode.MOST_TRIES)
        .increment('tries', 1)
    )
    if (!taken) return { kind: 'gone' }

    if (!sameText(code.codeHash, code.hashOf(typed, browser))) {
      return { kind: 'wrong', triesLeft: Math.max(0, SignInCode.MOST_TRIES - code.tries - 1) }
    }
    const used = await affectedOne(SignInCode.query().where('id', code.id).delete())
    return { kind: used ? 'confirmed' : 'gone' }
  }
}
