import { createPrivateKey, generateKeyPair, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import { beforeCreate } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { DateTime } from 'luxon'
import { SigningKeySchema } from '#database/schema'
import type { AuditSubject } from '#audit/actions'
import { newPublicId } from '#crypto/public_id'
import { now, sqlTime } from '#time/clock'
import { seal, unseal } from '#crypto/sealed'

/** A key that signs ID tokens (RS256); its public half is published. */
export default class SigningKey extends SigningKeySchema {
  /** How long a key's signatures may stay in use, with room for clocks that differ. */
  static readonly OUTLIVED = { hours: 2 }

  /** When another one is published automatically (`jobs/rotate_old_signing_keys.ts`). */
  static readonly OLD_AFTER = { days: 90 }

  @beforeCreate()
  static givePublicId(key: SigningKey) {
    key.publicId ??= newPublicId()
  }

  get #purpose() {
    return `signing_keys:${this.publicId}:private_key`
  }

  /** How the audit names it: by its public `kid`. */
  get asAuditSubject(): AuditSubject {
    return { type: 'signing_key', id: this.publicId, label: this.publicId }
  }

  /** A new key, not saved yet, that is published at once. */
  static async fresh(signsFrom: DateTime): Promise<SigningKey> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const key = new SigningKey().merge({ publicId: newPublicId(), signsFrom, createdAt: now() })
    key.privateKey = seal(
      key.#purpose,
      privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    )
    return key
  }

  /** In the form the library takes. */
  get jwk(): JsonWebKey {
    const jwk = createPrivateKey(unseal(this.#purpose, this.privateKey)).export({ format: 'jwk' })
    return { ...jwk, kid: this.publicId, alg: 'RS256', use: 'sig' }
  }

  /**
   * The published keys: first the one that signs, then those that will sign later or
   * whose signatures are still in use.
   */
  static async published(client?: TransactionClientContract): Promise<SigningKey[]> {
    const keys = await SigningKey.query({ client })
      .orderBy('signsFrom', 'desc')
      .orderBy('id', 'desc')
    const time = now()
    const present = keys.find((key) => key.signsFrom <= time)
    if (!present) return keys
    const future = keys.filter((key) => key.signsFrom > time)
    const past = keys.slice(keys.indexOf(present) + 1)
    /* A key signed until its successor began to. */
    const inUse = past.filter((key) => {
      const successor = keys[keys.indexOf(key) - 1]
      return successor.signsFrom.plus(SigningKey.OUTLIVED) > time
    })
    return [present, ...future, ...inUse]
  }

  /**
   * The published keys with what each is there for: `next` will sign later, `present`
   * signs, `previous` no longer does.
   *
   * @returns with `until`, when a previous one is no longer published
   */
  static async timetable() {
    const keys = await SigningKey.published()
    const time = now()
    const inOrder = keys.toSorted(
      (one, other) => other.signsFrom.toMillis() - one.signsFrom.toMillis() || other.id - one.id
    )
    const present = inOrder.find((key) => key.signsFrom <= time)
    return inOrder.map((key, at) => {
      if (key === present) return { key, role: 'present', until: null } as const
      if (key.signsFrom > time) return { key, role: 'next', until: null } as const
      const until = inOrder[at - 1].signsFrom.plus(SigningKey.OUTLIVED)
      return { key, role: 'previous', until } as const
    })
  }

  /** Deletes keys whose signatures nobody can still be holding. */
  static async forgetOutlived(client: TransactionClientContract) {
    const published = await SigningKey.published(client)
    const kept = published.map(({ id }) => id)
    const outlived = await SigningKey.query({ client })
      .whereNotIn('id', kept)
      .where('signsFrom', '<', sqlTime(now()))
    /* By their ids: another process may publish one at this moment. */
    await SigningKey.query({ client })
      .whereIn(
        'id',
        outlived.map(({ id }) => id)
      )
      .delete()
  }
}
