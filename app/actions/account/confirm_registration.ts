import hash from '@adonisjs/core/services/hash'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import { noteAgreements } from '#duties/note'
import Registration from '#models/registration'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import type { Next } from '#auth/next'

export type Confirmation =
  | { kind: 'confirmed'; user: User; attempt: SignInAttempt; next: Next | null }
  | { kind: 'wrong_password'; triesLeft: number }
  /** Somebody has proved the address since; the sign-up is void. */
  | { kind: 'taken' }
  | { kind: 'gone' }

interface Press {
  /** Of the browser in which the button was pressed. */
  browserHash: string | null
  /** Asked for unless that is the browser that signed up. */
  password: string
  ip: string
  userAgent: string | null
}

/**
 * Turns a sign-up whose link was followed into a user. In any browser other than the
 * one that signed up, or long after, the password is asked for: otherwise the owner of
 * an address could be tricked into confirming a password that a stranger chose.
 */
export class ConfirmRegistration {
  async handle(registration: Registration, press: Press): Promise<Confirmation> {
    if (!registration.isAtHome(press.browserHash)) {
      const refusal = await this.#checkPassword(registration, press.password)
      if (refusal) return refusal
    }
    /* Of two presses at once, the second finds the row gone, or the address taken. */
    return inTransaction((trx) => this.#createUser(registration, press, trx))
  }

  /** Counts the try before checking the password, so that two at once cannot count as one. */
  async #checkPassword(registration: Registration, password: string): Promise<Confirmation | null> {
    const taken = await affectedOne(
      Registration.query()
        .where('id', registration.id)
        .where('tries', '<', Registration.MOST_TRIES)
        .increment('tries', 1)
    )
    if (!taken) return { kind: 'gone' }
    if (await hash.verify(registration.password, password)) return null

    /* There may have been other tries since, so the count read before is out of date. */
    const tried = await Registration.find(registration.id)
    const triesLeft = Registration.MOST_TRIES - (tried?.tries ?? Registration.MOST_TRIES)
    if (triesLeft > 0) return { kind: 'wrong_password', triesLeft }
    await tried?.delete()
    return { kind: 'gone' }
  }

  async #createUser(
    registration: Registration,
    { ip, userAgent }: Press,
    trx: TransactionClientContract
  ): Promise<Confirmation> {
    const { id, tokenHash, email, name, locale, next } = registration
    const confirmedAt = now()
    const claimed = await affectedOne(
      Registration.query({ client: trx })
        .where({ id, tokenHash })
        .where('expiresAt', '>', sqlTime(confirmedAt))
        .delete()
    )
    if (!claimed) return { kind: 'gone' }

    await Registration.makeVoid(email, trx)
    if (await User.withEmail(email, trx)) return { kind: 'taken' }

    const user = await User.create(
      { email, name, locale, nameSetHere: true, role: 'member', lastSignInAt: confirmedAt },
      { client: trx }
    )
    await user.keepPasswordHash(registration.password, trx)
    if (registration.agreed) {
      await noteAgreements(user, registration.agreed, { way: 'sign_up' }, trx)
    }
    const attempt = await SignInAttempt.create(
      {
        intent: 'sign_in',
        userId: user.id,
        startedAt: confirmedAt,
        expiresAt: confirmedAt,
        claimedAt: confirmedAt,
        finishedAt: confirmedAt,
        outcome: 'signed_in',
        steps: [],
        locale,
        ip,
        userAgent,
      },
      { client: trx }
    )
    return { kind: 'confirmed', user, attempt, next }
  }
}
