import { createHash } from 'node:crypto'
import { DateTime } from 'luxon'
import {
  beforeCreate,
  beforeFetch,
  beforeFind,
  beforePaginate,
  belongsTo,
  hasMany,
  scope,
} from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import env from '#start/env'
import { affectedOne } from '#database/affected'
import { ProviderSchema } from '#database/schema'
import { isStale, packVersion } from '#database/version'
import type { AuditSubject } from '#audit/actions'
import Identity from '#models/identity'
import ProviderCredential from '#models/provider_credential'
import Site from '#models/site/site'
import { now, sqlTime } from '#time/clock'
import { Join } from '#database/join'
import { newPublicId } from '#crypto/public_id'
import { SecretUnreadable, seal, unseal } from '#crypto/sealed'
import { DRIVERS } from '#protocol/drivers'

export type EmailPolicy = Provider['emailPolicy']
/** What else happens when the provider says that a link has ended. */
export type OnUnlink = Provider['onUnlink']

/** What administrators choose for a provider, except for its keys, its switch and its place. */
export type ProviderSettings = Pick<
  Provider,
  | 'label'
  | 'hidden'
  | 'scopes'
  | 'requiredFields'
  | 'emailPolicy'
  | 'allowSignUp'
  | 'syncProfile'
  | 'hideWhenFailing'
>

/** One application registered at Naver or Kakao, and how people may sign in through it. */
export default class Provider extends ProviderSchema {
  /** How long one process alone watches a failing provider; less than a job's rest. */
  static readonly WATCH = { seconds: 50 }

  static readonly #withActiveCredential = new Join(
    () => ({ provider: Provider, credential: ProviderCredential }),
    `providers provider
      left join provider_credentials credential on credential.id = provider.active_credential_id
      where provider.\`key\` = ? and provider.sandbox <= ?`
  )

  @hasMany(() => ProviderCredential)
  declare credentials: HasMany<typeof ProviderCredential>

  @belongsTo(() => ProviderCredential, { foreignKey: 'activeCredentialId' })
  declare activeCredential: BelongsTo<typeof ProviderCredential>

  @beforeCreate()
  static givePublicId(provider: Provider) {
    provider.publicId ??= newPublicId()
  }

  /** Without SANDBOX, its rows are invisible to every query. */
  @beforeFind()
  @beforeFetch()
  static hideSandbox(query: ModelQueryBuilderContract<typeof Provider>) {
    if (!env.get('SANDBOX')) query.where('sandbox', false)
  }

  @beforePaginate()
  static hideSandboxInPages([count, query]: ModelQueryBuilderContract<typeof Provider>[]) {
    Provider.hideSandbox(count)
    Provider.hideSandbox(query)
  }

  /**
   * The condition that `hideSandbox` adds, for hand-written SQL: the highest `sandbox`
   * value allowed.
   */
  static get mostSandbox() {
    return env.get('SANDBOX') ? 1 : 0
  }

  /** The provider with this key, with the credential in use, if there is one. */
  static async withActiveCredential(key: string): Promise<Provider | null> {
    const found = await Provider.#withActiveCredential.first([key, Provider.mostSandbox])
    const provider = found?.provider ?? null
    if (found?.credential) provider!.$setRelated('activeCredential', found.credential)
    return provider
  }

  /** The credential in use; a usable provider always has one. */
  async credentialInUse(): Promise<ProviderCredential> {
    const loaded = this.$preloaded.activeCredential as ProviderCredential | undefined
    return loaded ?? (this as Provider).related('activeCredential').query().firstOrFail()
  }

  /** Providers whose start route works: switched on, with an active credential. */
  static usable = scope((query: ModelQueryBuilderContract<typeof Provider>) => {
    query.where('enabled', true).whereNotNull('activeCredentialId')
  })

  static inOrder = scope((query: ModelQueryBuilderContract<typeof Provider>) => {
    query.orderBy('position').orderBy('id')
  })

  /**
   * The providers that get a button, in the order administrators chose. The version of
   * this site comes along (`siteVersion`): most pages of a visitor need both.
   *
   * @param askedFor the key of one that gets its button even when it is hidden
   */
  static withButton(askedFor: string | null = null) {
    return Provider.query()
      .select('providers.*', 'site.version as site_version')
      .joinRaw(Site.JOIN)
      .withScopes((scopes) => scopes.usable())
      .where((query) => {
        query.where('hidden', false)
        if (askedFor !== null) query.orWhere('key', askedFor)
      })
      .withScopes((scopes) => scopes.inOrder())
  }

  /** The version of this site, where this row was read with it (`withButton`). */
  get siteVersion(): string | null | undefined {
    return this.$extras.site_version
  }

  get isUsable() {
    return this.enabled && this.activeCredentialId !== null
  }

  /** Whether the sign-in page shows a button for it: without one, nobody comes through. */
  get hasButton() {
    return this.isUsable && !this.hidden
  }

  /**
   * Locks every row for the rest of the transaction, as `lock` locks one.
   *
   * @returns the rows as they are now, in order
   */
  static async lockAll(client: TransactionClientContract): Promise<Provider[]> {
    await client
      .query()
      .from('providers')
      .update({ position: client.raw('position') })
    return Provider.query({ client }).withScopes((scopes) => scopes.inOrder())
  }

  /**
   * Whether its button is withdrawn for now because it fails (`hideWhenFailing`). Its
   * start route still works, and it counts as a way to sign in, because this ends
   * automatically.
   */
  get isAutoHidden() {
    return DateTime.isDateTime(this.autoHiddenAt)
  }

  /** Gives the button back. Trips that began before no longer count. */
  endAutoHiding() {
    this.autoHiddenAt = null
    this.autoHiddenFor = null
    this.judgedFrom = now()
  }

  /**
   * Takes the watch over this provider for `WATCH`, so that of any number of processes
   * only one watches it.
   *
   * @returns whether nobody else had it
   */
  async takeWatch(): Promise<boolean> {
    const time = now()
    return affectedOne(
      Provider.query()
        .where('id', this.id)
        .where((free) =>
          free
            .whereNull('watchedAt')
            .orWhere('watchedAt', '<=', sqlTime(time.minus(Provider.WATCH)))
        )
        .update({ watchedAt: sqlTime(time) })
    )
  }

  /**
   * Locks this row for the rest of the transaction. Every flow involving a provider and
   * its credentials begins here, with a write, because SQLite ignores FOR UPDATE; what is
   * read after it stays true until the commit.
   *
   * @returns the row as it is now, or `null` when it is gone
   */
  static async lock(id: number, client: TransactionClientContract): Promise<Provider | null> {
    await Provider.query({ client }).where('id', id).update({ id })
    return Provider.find(id, { client })
  }

  get settings(): ProviderSettings {
    return {
      label: this.label,
      hidden: this.hidden,
      scopes: this.scopes,
      requiredFields: this.requiredFields,
      emailPolicy: this.emailPolicy,
      allowSignUp: this.allowSignUp,
      syncProfile: this.syncProfile,
      hideWhenFailing: this.hideWhenFailing,
    }
  }

  /**
   * The version of its settings, for a form to carry (`isStale`). It is not `updated_at`,
   * which moves with every new key, and only once a second.
   */
  get settingsVersion() {
    return packVersion(this.settings)
  }

  /**
   * The version of its admin key, for a form to carry (`isStale`); reveals nothing about
   * the key.
   */
  get adminKeyVersion() {
    return createHash('sha256')
      .update(this.adminKey ?? '')
      .digest('base64url')
  }

  /**
   * The version of its keys, except revoked ones, for a form about keys to carry
   * (`isStale`), so that nothing is done to keys that nobody looked at. The keys must be
   * loaded. `audit/key_changes.ts` reads it back.
   */
  get keysVersion(): string {
    return this.credentials
      .filter(({ status }) => status !== 'revoked')
      .map(({ publicId, status }) => `${publicId}:${status}`)
      .sort()
      .join(' ')
  }

  /**
   * Whether its keys have changed since a form showed them. Call it with the row locked;
   * loads the credentials.
   *
   * @param version the `keysVersion` that the form carries; absent when nothing was shown
   */
  async hasOtherKeys(version: string | undefined): Promise<boolean> {
    if (version === undefined) return false
    await (this as Provider).load('credentials')
    return isStale(version, this.keysVersion)
  }

  /** The version of the order of all providers, for a form about it to carry (`isStale`). */
  static orderVersion(providers: Provider[]): string {
    return providers.map(({ publicId }) => publicId).join(',')
  }

  /** Whether the key in use has a secret. The credentials must be loaded. */
  get expectsSecret(): boolean {
    return this.credentials.some(
      ({ id, secretLength }) => id === this.activeCredentialId && secretLength > 0
    )
  }

  /** How the audit names it. */
  get asAuditSubject(): AuditSubject {
    return { type: 'provider', id: this.publicId, label: this.label }
  }

  /**
   * Makes `next` the active credential, if the one in use is still the one this row was
   * read with.
   *
   * @returns whether it was
   */
  async replaceActiveCredential(next: number): Promise<boolean> {
    const query = Provider.query({ client: this.$trx }).where('id', this.id)
    if (this.activeCredentialId === null) query.whereNull('activeCredentialId')
    else query.where('activeCredentialId', this.activeCredentialId)

    return affectedOne(query.update({ activeCredentialId: next, updatedAt: sqlTime(now()) }))
  }

  /** Whether it has an admin key to enter. A sandbox row keeps no real key. */
  get takesAdminKey() {
    return !this.sandbox && DRIVERS[this.driver]?.console?.hasAdminKey === true
  }

  get #adminKeyPurpose() {
    return `providers:${this.publicId}:admin_key`
  }

  /**
   * Keeps the application's admin key (Kakao), encrypted, and the previous one, which may
   * still have signed notices that are on their way.
   */
  keepAdminKey(key: string) {
    this.publicId ??= newPublicId()
    if (this.adminKey) this.adminKeyPrevious = this.adminKey
    this.adminKey = seal(this.#adminKeyPurpose, key)
  }

  /** Deletes the admin key and the previous one. */
  dropAdminKeys() {
    this.adminKey = null
    this.adminKeyPrevious = null
  }

  /**
   * The admin keys in clear text, the current one first.
   *
   * @throws SecretUnreadable when SECRETS_KEY does not open one
   */
  revealAdminKeys(): string[] {
    return [this.adminKey, this.adminKeyPrevious]
      .filter((sealed) => sealed !== null && sealed !== undefined)
      .map((sealed) => unseal(this.#adminKeyPurpose, sealed))
  }

  /** Whether this is already the current admin key; false for one that can no longer be read. */
  hasAdminKey(key: string): boolean {
    try {
      return this.revealAdminKeys()[0] === key
    } catch (error) {
      if (error instanceof SecretUnreadable) return false
      throw error
    }
  }

  /**
   * Records which application this is, once and for all: the first to say so wins, and
   * `appRef` is then what the winner said.
   */
  async learnApplication(application: string) {
    if (this.appRef) return
    const learnt = await affectedOne(
      Provider.query().where('id', this.id).whereNull('appRef').update({ appRef: application })
    )
    if (learnt) this.appRef = application
    else await this.refresh()
  }

  /**
   * Whether a client id belongs to a different application from the one through which
   * people are known here: their subjects would mean other people there. Until someone
   * has come through it, a provider may still become any application, so that a mistyped
   * first client id can be corrected. Where the client id does not name the application
   * (Kakao), only a trial or a sign-in can tell.
   *
   * @param learnt what a trial or a sign-in with this client id has shown
   */
  async isAnotherApplication(clientId: string, learnt: string | null = null): Promise<boolean> {
    if (this.appRef && learnt) return learnt !== this.appRef
    if (!DRIVERS[this.driver]?.clientIdIsApplication) return false
    if (this.appRef) return clientId !== this.appRef

    const known = await Identity.query({ client: this.$trx }).where('providerId', this.id).first()
    const last = known && (await this.#lastInUse())
    return last ? clientId !== last.clientId : false
  }

  /** The active credential, or the last one that was: people are known in its application. */
  #lastInUse(): Promise<ProviderCredential | null> {
    const credentials = ProviderCredential.query({ client: this.$trx }).where('providerId', this.id)
    return this.activeCredentialId !== null
      ? credentials.where('id', this.activeCredentialId).first()
      : credentials
          .whereNotNull('activatedAt')
          .orderBy('activatedAt', 'desc')
          .orderBy('id', 'desc')
          .first()
  }
}
