import { beforeCreate } from '@adonisjs/lucid/orm'
import { ClientSecretSchema } from '#database/schema'
import { hashToken, sameText } from '#crypto/random_token'
import { newPublicId } from '#crypto/public_id'
import { now, sqlTime } from '#time/clock'
import { seal, unseal } from '#crypto/sealed'

/**
 * One secret of a site. Only its hash is kept, and that is sealed: neither the database
 * nor the key alone allows guesses to be tried, and `secrets:rekey` can carry it over.
 */
export default class ClientSecret extends ClientSecretSchema {
  /** For secrets that a site brings itself; ours have 43 characters. */
  static readonly SHORTEST = 32

  /** The age at which administrators are asked to replace it, as a provider's. */
  static readonly OLD_AFTER = { days: 180 }

  @beforeCreate()
  static givePublicId(secret: ClientSecret) {
    secret.publicId ??= newPublicId()
  }

  get #purpose() {
    return `client_secrets:${this.publicId}:secret_hash`
  }

  keep(secret: string): this {
    this.publicId ??= newPublicId()
    this.secretHash = seal(this.#purpose, hashToken(secret))
    this.secretTail = secret.slice(-2)
    return this
  }

  /** In the words for credentials. */
  get status(): 'active' | 'retiring' | 'revoked' {
    return this.retireUntil === null ? 'active' : this.isAlive ? 'retiring' : 'revoked'
  }

  /** Whether it is in use and old enough that it should be replaced. */
  get isOld() {
    return this.status === 'active' && this.createdAt <= now().minus(ClientSecret.OLD_AFTER)
  }

  get isAlive() {
    return !this.retireUntil || this.retireUntil > now()
  }

  /** Whether this is the secret kept here. */
  is(secret: string): boolean {
    return sameText(unseal(this.#purpose, this.secretHash), hashToken(secret))
  }

  /** Records when it was last used, to the minute. */
  async noteUse() {
    const time = now()
    if (this.lastUsedAt && this.lastUsedAt > time.minus({ minutes: 1 })) return
    await ClientSecret.query()
      .where('id', this.id)
      .update({ lastUsedAt: sqlTime(time) })
  }
}
