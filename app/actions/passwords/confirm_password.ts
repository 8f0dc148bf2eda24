import { mostOf, secondsOf } from '#limits/limits'
import SignInAttempt from '#models/sign_in_attempt'
import type User from '#models/user'
import { now, sqlTime } from '#time/clock'

export type PasswordConfirmation = 'confirmed' | 'wrong' | 'too_many'

interface Submission {
  password: string
  locale: string
  ip: string
  userAgent: string | null
}

/**
 * Checks the password of a signed-in user who wants to change something sensitive. Each
 * try appears in the user's history, and wrong ones are limited, so that nobody can use
 * a borrowed session to guess.
 */
export class ConfirmPassword {
  async handle(user: User, { password, ...request }: Submission): Promise<PasswordConfirmation> {
    const startedAt = now()
    /*
     * Recorded as wrong before the password is checked, so that two tries at once
     * cannot count as one.
     */
    const attempt = await SignInAttempt.create({
      ...request,
      intent: 'reauthenticate',
      actorUserId: user.id,
      userId: user.id,
      startedAt,
      expiresAt: startedAt,
      claimedAt: startedAt,
      finishedAt: startedAt,
      outcome: 'failed',
      failure: 'credentials',
      steps: [],
    })

    if ((await this.#wrongTries(user)) > mostOf('password_confirmation')) {
      await attempt.delete()
      return 'too_many'
    }
    if (!(await user.verifyPassword(password))) return 'wrong'

    await attempt.finish({ outcome: 'reauthenticated', userId: user.id })
    return 'confirmed'
  }

  async #wrongTries(user: User): Promise<number> {
    const tries = await SignInAttempt.query()
      .where('userId', user.id)
      .where('intent', 'reauthenticate')
      .where('failure', 'credentials')
      .where(
        'startedAt',
        '>',
        sqlTime(now().minus({ seconds: secondsOf('password_confirmation') }))
      )
      .limit(mostOf('password_confirmation') + 1)
    return tries.length
  }
}
