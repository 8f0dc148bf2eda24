import type { DateTime } from 'luxon'
import { Secret, TOTP } from 'otpauth'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { SecondFactorSchema } from '#database/schema'
import { appUrl } from '#config/app'
import { now, sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'
import type UserSession from '#models/user_session'

/*
 * What every authenticator app supports, and some support nothing else (RFC 6238). Clocks
 * differ and people type slowly: a code counts one step early or late.
 */
const KIND = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const WINDOW = 1

/* The app lists the account under this name; a colon would end it there. */
const ISSUER = new URL(appUrl).hostname

/**
 * The secret that a person's authenticator app shares with us, and what was tried against
 * it. Counts once it is confirmed: `users.second_factor_at` says so.
 */
export default class SecondFactor extends SecondFactorSchema {
  /** How long a set-up can be finished after it was begun, in the session that began it. */
  static readonly SETUP_LIFETIME = { minutes: 30 }
  /** Wrong codes in a row before the first pause. */
  static readonly FREE_FAILURES = 5
  static readonly LONGEST_PAUSE_MINUTES = 60

  /** One with a new 160-bit secret, neither confirmed nor saved yet. */
  static withFreshSecret(userId: number): SecondFactor {
    const factor = new SecondFactor()
    factor.merge({ publicId: newPublicId(), userId, failures: 0 })
    factor.secret = seal(factor.#purpose, new Secret().base32)
    return factor
  }

  /** What a session has begun to set up and may still finish. */
  static beingSetUpIn({ id, userId }: UserSession, client?: TransactionClientContract) {
    return SecondFactor.query({ client })
      .where({ userId, sessionId: id })
      .whereNull('confirmedAt')
      .where('createdAt', '>', sqlTime(now().minus(SecondFactor.SETUP_LIFETIME)))
      .first()
  }

  get #purpose() {
    return `second_factors:${this.publicId}:secret`
  }

  /** The secret as people type it into an app. @throws SecretUnreadable */
  revealSecret(): string {
    return unseal(this.#purpose, this.secret)
  }

  /**
   * The address that authenticator apps read from a QR code. @throws SecretUnreadable
   *
   * @param account how the person tells it from others
   */
  keyUri(account: string): string {
    return new TOTP({
      ...KIND,
      issuer: ISSUER,
      label: account,
      secret: this.revealSecret(),
    }).toString()
  }

  /**
   * The 30-second step a code belongs to, counted from 1970; `null` if it matches none
   * near now. @throws SecretUnreadable
   *
   * @param code six digits
   */
  stepOf(code: string): number | null {
    const timestamp = now().toMillis()
    const totp = new TOTP({ ...KIND, secret: this.revealSecret() })
    const delta = totp.validate({ token: code, timestamp, window: WINDOW })
    return delta === null ? null : totp.counter({ timestamp }) + delta
  }

  /**
   * Until when no code is checked, after many wrong ones; `null` if now is fine. A
   * guesser already knows the first factor, so the pause grows to an hour and no further:
   * by then it is 24 guesses a day out of a million.
   */
  get pausedUntil(): DateTime | null {
    const excess = this.failures - SecondFactor.FREE_FAILURES
    if (excess < 0 || !this.failedAt) return null
    const minutes = Math.min(2 ** excess, SecondFactor.LONGEST_PAUSE_MINUTES)
    const until = this.failedAt.plus({ minutes })
    return until > now() ? until : null
  }
}
