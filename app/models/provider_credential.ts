import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ProviderCredentialSchema } from '#database/schema'
import { changesBetween, type Changes } from '#audit/changes'
import type { AuditSubject } from '#audit/actions'
import Provider from '#models/provider'
import { newPublicId } from '#crypto/public_id'
import { now, sqlTime } from '#time/clock'
import { SecretUnreadable, seal, unseal } from '#crypto/sealed'
import { sameText } from '#crypto/random_token'

/* What a provider says about keys that can never work. */
const WRONG = ['client_unknown', 'secret_refused']

/**
 * What a check says about keys: about some it learned nothing, since the provider's
 * answer did not tell.
 */
export type Verdict = 'right' | 'wrong' | 'not_checked'

/** One client id and secret of a provider: `draft → active → retiring → revoked`. */
export default class ProviderCredential extends ProviderCredentialSchema {
  /** Age at which administrators are asked to replace a secret. */
  static readonly OLD_AFTER = { days: 180 }
  /** A secret that was accepted this recently and is refused now has just been replaced. */
  static readonly WORKED_LATELY = { minutes: 15 }

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @beforeCreate()
  static givePublicId(credential: ProviderCredential) {
    credential.publicId ??= newPublicId()
  }

  /** What distinguishes it from other keys of its client: its note, else the end of its secret. */
  get mark(): string | null {
    return this.label || (this.secretTail ? `…${this.secretTail}` : null)
  }

  /** How the audit names it: by its client id and mark, which are not secret. */
  get asAuditSubject(): AuditSubject {
    const label = this.mark === null ? this.clientId : `${this.clientId} · ${this.mark}`
    return { type: 'credential', id: this.publicId, label }
  }

  /** What the audit says about a new one. */
  get auditedChanges(): Changes {
    return {
      ...changesBetween({}, { clientId: this.clientId, status: this.status, label: this.label }),
      ...(this.clientSecret && { clientSecret: 'changed' }),
    }
  }

  /**
   * The credential for acting as the client that tokens were given to: the active one,
   * else the newest that is still live; `null` when none is.
   *
   * @param clientId `null` for tokens whose client was not recorded: any will do
   */
  static liveFor(providerId: number, clientId: string | null) {
    const live = ProviderCredential.query()
      .where('providerId', providerId)
      .whereIn('status', ['active', 'retiring'])
    if (clientId !== null) live.where('clientId', clientId)
    return live.orderBy('status').orderBy('id', 'desc').first()
  }

  /** A draft of a client, which may have been used for a trial. */
  static draftFor(providerId: number, clientId: string | null) {
    if (clientId === null) return null
    return ProviderCredential.query()
      .where({ providerId, clientId, status: 'draft' })
      .orderBy('id', 'desc')
      .first()
  }

  #purpose() {
    return `provider_credentials:${this.publicId}:client_secret`
  }

  /**
   * Keeps the secret encrypted, and in clear text only what administrators see: its
   * length and last two characters (none for a secret under 8 characters).
   */
  keepSecret(secret: string) {
    this.publicId ??= newPublicId()
    this.clientSecret = seal(this.#purpose(), secret)
    this.secretLength = secret.length
    this.secretTail = secret.length >= 8 ? secret.slice(-2) : ''
  }

  /**
   * The secret in clear text, for the driver alone.
   *
   * @returns `''` when the provider has none (Kakao with the secret switched off)
   * @throws SecretUnreadable when SECRETS_KEY does not open it
   */
  revealSecret(): string {
    return this.clientSecret === null ? '' : unseal(this.#purpose(), this.clientSecret)
  }

  /** Whether this is the very secret kept here; false for one that can no longer be read. */
  hasSecret(secret: string): boolean {
    try {
      return sameText(this.revealSecret(), secret)
    } catch (error) {
      if (error instanceof SecretUnreadable) return false
      throw error
    }
  }

  /** Whether it is in use and old enough that its secret should be replaced. */
  get isOld() {
    return (
      this.status === 'active' &&
      this.clientSecret !== null &&
      this.createdAt <= now().minus(ProviderCredential.OLD_AFTER)
    )
  }

  /** What the last check said; `not_checked` when there was none. */
  get verdict(): Verdict {
    if (this.checkResult === 'ok') return 'right'
    return this.checkResult && WRONG.includes(this.checkResult) ? 'wrong' : 'not_checked'
  }

  /** Whether the keys were found wrong, and no sign-in has shown otherwise since. */
  get foundWrong() {
    const { checkedAt, lastUsedAt } = this
    return this.verdict === 'wrong' && !(checkedAt && lastUsedAt && lastUsedAt > checkedAt)
  }

  /** Whether the provider accepted this secret a moment ago. */
  get workedLately() {
    return (
      this.lastUsedAt !== null &&
      this.lastUsedAt !== undefined &&
      this.lastUsedAt > now().minus(ProviderCredential.WORKED_LATELY)
    )
  }

  /**
   * The other credentials of the same client that are not revoked, for a sign-in that
   * began with this one: the active one first, then the newest. A draft is among them: an
   * administrator has just pasted it, for this very client, and if the console ends the
   * old secret at once, it is the only one that works (docs/decisions/0007-rotation.md).
   */
  async othersOfClient(): Promise<ProviderCredential[]> {
    const others = await ProviderCredential.query({ client: this.$trx })
      .where({ providerId: this.providerId, clientId: this.clientId })
      .whereNot('status', 'revoked')
      .whereNot('id', this.id)
      .orderBy('id', 'desc')
    const isActive = ({ status }: ProviderCredential) => Number(status === 'active')
    return others.sort((one, other) => isActive(other) - isActive(one))
  }

  /** Retires it, but lets trips that began with it finish: until `graceMs` from now. */
  async retire(graceMs: number) {
    this.status = 'retiring'
    this.retiredAt = now()
    this.retireUntil = now().plus({ milliseconds: graceMs })
    await this.save()
  }

  /** Whether it retires and its grace time has passed. */
  get isGraceOver() {
    return this.status === 'retiring' && this.retireUntil !== null && this.retireUntil <= now()
  }

  /** Ends it for good. The secret is wiped: nothing brings a revoked credential back. */
  async revoke() {
    this.status = 'revoked'
    this.revokedAt = now()
    this.retireUntil = null
    this.clientSecret = null
    await this.save()
  }

  /** Records which application the provider says this belongs to; that never changes. */
  async learnApplication(application: string) {
    if (this.appRef) return
    this.appRef = application
    await ProviderCredential.query().where('id', this.id).update({ appRef: application })
  }

  /** Records, for administrators, how a check of the keys ended; ignores a revoked one. */
  async noteCheck(result: ProviderCredential['checkResult'], code: string | null) {
    this.checkResult = result
    await ProviderCredential.query()
      .where('id', this.id)
      .whereNot('status', 'revoked')
      .update({ checkedAt: sqlTime(now()), checkResult: result, checkCode: code })
  }

  /**
   * Records when the provider last accepted this secret. Only to the minute: each sign-in
   * that begins during the write waits for the process that holds this row.
   */
  async noteUse() {
    const time = now()
    if (this.lastUsedAt && this.lastUsedAt > time.minus({ minutes: 1 })) return
    await ProviderCredential.query()
      .where('id', this.id)
      .update({ lastUsedAt: sqlTime(time) })
  }
}
