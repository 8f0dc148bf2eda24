import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import { lease, leased, unleased } from '#database/lease'
import { WaitingCodeSchema } from '#database/schema'
import { now } from '#time/clock'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'
import type SignInAttempt from '#models/sign_in_attempt'

/** What a callback brought, and what its exchange will ask for. */
export interface KeptCode {
  code: string
  state: string
}

/**
 * A code whose exchange waits for a secret that is on its way
 * (docs/decisions/0007-rotation.md): sealed, for less than a minute. The verifier that
 * Kakao also requires comes from the browser's cookie and is not stored here.
 */
export default class WaitingCode extends WaitingCodeSchema {
  /** How long a browser waits for a new secret. */
  static readonly PATIENCE = { seconds: 40 }
  /** A little longer, so that the last check finds it; a job deletes what is left after that. */
  static readonly LIFETIME = { seconds: 45 }
  /** Longer than a check can take: three secrets, at five seconds each. */
  static readonly LEASE = { seconds: 20 }

  static of(attempt: SignInAttempt) {
    return WaitingCode.findBy('attemptId', attempt.id)
  }

  /** Keeps a code, with the credentials that were refused for it. */
  static async keep(attempt: SignInAttempt, kept: KeptCode, tried: number[]) {
    const publicId = newPublicId()
    const code = seal(WaitingCode.#purpose(publicId), JSON.stringify(kept))
    const expiresAt = now().plus(WaitingCode.LIFETIME)
    return WaitingCode.create({ publicId, attemptId: attempt.id, code, tried, expiresAt })
  }

  static #purpose(publicId: string) {
    return `waiting_codes:${publicId}:code`
  }

  /** @throws SecretUnreadable */
  reveal(): KeptCode {
    return JSON.parse(unseal(WaitingCode.#purpose(this.publicId), this.code))
  }

  /** Whether nobody looks for a secret any more. */
  get isOver() {
    return now() >= this.createdAt.plus(WaitingCode.PATIENCE)
  }

  /**
   * Reserves the code for the caller.
   *
   * @returns `false` when another check has it, or when it is gone
   */
  async lease(): Promise<boolean> {
    if (!(await lease(this, unleased(WaitingCode.query()), WaitingCode.LEASE))) return false
    await this.refresh()
    return true
  }

  /** Releases it after these credentials were refused, too, unless the lease was lost. */
  async release(tried: number[]) {
    await leased(WaitingCode.query(), this).update({
      tried: JSON.stringify(tried),
      leaseUntil: null,
    })
  }

  /** Deletes the code, which is of no more use, unless the lease was lost. */
  async use() {
    await leased(WaitingCode.query(), this).delete()
  }

  /**
   * Deletes the code, unless a check has it at this moment.
   *
   * @returns whether it was there
   */
  async forget(client?: TransactionClientContract): Promise<boolean> {
    return affectedOne(unleased(WaitingCode.query({ client })).where('id', this.id).delete())
  }

  /** Deletes the code when its time is over, even if a check has it. */
  async drop(client: TransactionClientContract) {
    await WaitingCode.query({ client }).where('id', this.id).delete()
  }
}
