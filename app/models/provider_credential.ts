import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ProviderCredentialSchema } from '#database/schema'
import { changesBetween, type Changes } from '#audit/changes'
import type { AuditSubject } from '#models/audit_entry'
import Provider from '#models/provider'
import { newPublicId } from '#models/public_id'
import { now, sqlTime } from '#models/clock'
import { SecretUnreadable, seal, unseal } from '#models/sealed'
import { sameText } from '#auth/random_token'

/** One client id and secret of a provider: `draft → active → retiring → revoked`. */
export default class ProviderCredential extends ProviderCredentialSchema {
  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @beforeCreate()
  static givePublicId(credential: ProviderCredential) {
    credential.publicId ??= newPublicId()
  }

  /** How the audit names it: by its client id, which is no secret. */
  get asAuditSubject(): AuditSubject {
    return { type: 'credential', id: this.publicId, label: this.clientId }
  }

  /** What the audit says of a new one. */
  get auditedChanges(): Changes {
    return {
      ...changesBetween({}, { clientId: this.clientId, status: this.status, label: this.label }),
      ...(this.clientSecret && { clientSecret: 'changed' }),
    }
  }

  /**
   * The credential to speak with as the client that tokens were given to: the
   * active one, else the newest that still lives; `null` when none does.
   *
   * @param clientId `null` for tokens of which it was not noted: any will do
   */
  static liveFor(providerId: number, clientId: string | null) {
    const live = ProviderCredential.query()
      .where('providerId', providerId)
      .whereIn('status', ['active', 'retiring'])
    if (clientId !== null) live.where('clientId', clientId)
    return live.orderBy('status').orderBy('id', 'desc').first()
  }

  #purpose() {
    return `provider_credentials:${this.publicId}:client_secret`
  }

  /**
   * Keeps the secret encrypted, and of it in clear only what administrators see:
   * its length and last two characters (none of a secret under 8 characters).
   */
  keepSecret(secret: string) {
    this.publicId ??= newPublicId()
    this.clientSecret = seal(this.#purpose(), secret)
    this.secretLength = secret.length
    this.secretTail = secret.length >= 8 ? secret.slice(-2) : ''
  }

  /**
   * The secret in clear, for the driver alone.
   *
   * @returns `''` when the provider has none (Kakao with the secret switched off)
   * @throws SecretUnreadable when SECRETS_KEY does not open it
   */
  revealSecret(): string {
    return this.clientSecret === null ? '' : unseal(this.#purpose(), this.clientSecret)
  }

  /** Whether this is the very secret kept here; not one that cannot be read any more. */
  hasSecret(secret: string): boolean {
    try {
      return sameText(this.revealSecret(), secret)
    } catch (error) {
      if (error instanceof SecretUnreadable) return false
      throw error
    }
  }

  /** Ends it for good. The secret is wiped: nothing brings a revoked credential back. */
  async revoke() {
    this.status = 'revoked'
    this.revokedAt = now()
    this.clientSecret = null
    await this.save()
  }

  /** Remembers which application the provider says this belongs to; that never changes. */
  async learnApplication(application: string) {
    if (this.appRef) return
    this.appRef = application
    await ProviderCredential.query().where('id', this.id).update({ appRef: application })
  }

  /** Remembers, for administrators, how a check of the keys ended; not of a revoked one. */
  async noteCheck(result: ProviderCredential['checkResult'], code: string | null) {
    await ProviderCredential.query()
      .where('id', this.id)
      .whereNot('status', 'revoked')
      .update({ checkedAt: sqlTime(now()), checkResult: result, checkCode: code })
  }

  /** Remembers, for administrators, when the provider last accepted this secret. */
  async noteUse() {
    await ProviderCredential.query()
      .where('id', this.id)
      .update({ lastUsedAt: sqlTime(now()) })
  }
}
