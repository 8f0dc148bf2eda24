import type { DateTime } from 'luxon'
import { errors } from '@adonisjs/auth'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { normalizeEmail } from '#text/email'
import { now } from '#time/clock'

export type PasswordOutcome =
  | { kind: 'signed_in'; user: User; attempt: SignInAttempt }
  | { kind: 'refused'; reason: 'credentials' | 'suspended' }

interface PasswordSubmission {
  email: string
  password: string
  locale: string
  ip: string
  userAgent: string | null
}

/** Stands in for what cannot be an address: nobody has it, and refusing it takes as long. */
const NOBODY = 'nobody'

/**
 * Checks an e-mail address and a password. An unknown address, a person without a
 * password and a wrong password take the same time and get the same answer; only
 * somebody who knows the password is told that the account is suspended.
 */
export class SignInWithPassword {
  async handle(submission: PasswordSubmission): Promise<PasswordOutcome> {
    const { email, password, locale, ip, userAgent } = submission
    const user = await this.#verify(email, password)
    /*
     * Looked up in every case, so that the time tells nothing. A wrong try goes into
     * its owner's history.
     */
    const owner = await User.withEmail(normalizeEmail(email))
    const startedAt = now()
    const refusal = await this.#refusal(user, startedAt)

    const attempt = await SignInAttempt.create({
      locale,
      ip,
      userAgent,
      intent: 'sign_in',
      userId: owner?.id ?? null,
      startedAt,
      expiresAt: startedAt,
      claimedAt: startedAt,
      finishedAt: startedAt,
      outcome: refusal || !user ? 'failed' : user.firstFactorOutcome,
      failure: refusal,
      steps: [],
    })
    if (user === null || refusal) return { kind: 'refused', reason: refusal ?? 'credentials' }
    return { kind: 'signed_in', user, attempt }
  }

  async #refusal(user: User | null, at: DateTime): Promise<'credentials' | 'suspended' | null> {
    if (user === null) return 'credentials'
    if (user.isSuspended) return 'suspended'
    return (await user.notePasswordSignIn(at)) ? null : 'credentials'
  }

  async #verify(email: string, password: string): Promise<User | null> {
    try {
      return await User.verifyCredentials(normalizeEmail(email) ?? NOBODY, password)
    } catch (error) {
      if (error instanceof errors.E_INVALID_CREDENTIALS) return null
      throw error
    }
  }
}
