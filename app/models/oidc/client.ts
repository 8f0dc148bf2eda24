import { createHmac, randomBytes } from 'node:crypto'
import { beforeCreate, beforeFetch, beforeFind, beforePaginate, hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import env from '#start/env'
import { ClientSchema } from '#database/schema'
import type { AuditSubject } from '#audit/actions'
import { randomToken } from '#crypto/random_token'
import ClientSecret from '#models/oidc/client_secret'
import ClientMember from '#models/oidc/client_member'
import { Join } from '#database/join'
import { packVersion } from '#database/version'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'
import { now, sqlTime } from '#time/clock'

/** What administrators decide about a site, and may change. */
export type ClientSettings = Pick<
  Client,
  | 'name'
  | 'thirdParty'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'scopes'
  | 'homeUrl'
  | 'privacyUrl'
  | 'secondFactorOnly'
  | 'closedToNewcomers'
  | 'accessTokenMinutes'
  | 'refreshTokenDays'
  | 'backchannelLogoutUri'
  | 'webhookUrl'
  | 'inside'
> & {
  /** Whether the site knows members by ids of its own; fixed once somebody has signed in there. */
  pairwise: boolean
}

/** A site whose visitors sign in through this one. */
export default class Client extends ClientSchema {
  static readonly SCOPES = ['openid', 'profile', 'email', 'offline_access']
  static readonly USUAL_SCOPES = ['openid', 'profile', 'email']

  /** How long an access token may live, in minutes; usually an hour. */
  static readonly ACCESS_TOKEN_MINUTES = { least: 5, usual: 60, most: 24 * 60 }
  /** How long a refresh token waits to be used, in days; as a rule as long as a session. */
  static readonly REFRESH_TOKEN_DAYS = { least: 1, usual: 30, most: 365 }

  /** What a new site is until somebody decides otherwise. */
  static get firstSettings() {
    return {
      thirdParty: false,
      postLogoutRedirectUris: [] as string[],
      scopes: Client.USUAL_SCOPES,
      homeUrl: null,
      privacyUrl: null,
      secondFactorOnly: false,
      closedToNewcomers: false,
      accessTokenMinutes: Client.ACCESS_TOKEN_MINUTES.usual,
      refreshTokenDays: Client.REFRESH_TOKEN_DAYS.usual,
      backchannelLogoutUri: null,
      webhookUrl: null,
      inside: false,
    }
  }

  @hasMany(() => ClientSecret, { localKey: 'id', foreignKey: 'clientId' })
  declare secrets: HasMany<typeof ClientSecret>

  @hasMany(() => ClientMember, { localKey: 'id', foreignKey: 'clientId' })
  declare members: HasMany<typeof ClientMember>

  @beforeCreate()
  static givePublicId(client: Client) {
    client.publicId ??= newPublicId()
  }

  /** Without SANDBOX, the example site is invisible to every query. */
  @beforeFind()
  @beforeFetch()
  static hideSandbox(query: ModelQueryBuilderContract<typeof Client>) {
    if (!env.get('SANDBOX')) query.where('sandbox', false)
  }

  @beforePaginate()
  static hideSandboxInPages([count, query]: ModelQueryBuilderContract<typeof Client>[]) {
    Client.hideSandbox(count)
    Client.hideSandbox(query)
  }

  /**
   * The condition that `hideSandbox` adds, for hand-written SQL: the highest `sandbox`
   * value allowed.
   */
  static get mostSandbox() {
    return env.get('SANDBOX') ? 1 : 0
  }

  static readonly #withSecrets = new Join(
    () => ({ client: Client, secret: ClientSecret, visit: ClientMember }),
    `clients client left join client_secrets secret on secret.client_id = client.id
      left join user_sessions session on session.token_hash = ?
      left join client_members visit
        on visit.client_id = client.id and visit.user_id = session.user_id
      where client.client_id = ? and client.sandbox <= ?`
  )

  /**
   * A site, found by its client id, with its secrets. In the same statement, its use by
   * the member whose session has this token.
   *
   * @param tokenHash of the session, if one came with the request
   */
  static async withSecrets(clientId: string, tokenHash: string | null = null) {
    const rows = await Client.#withSecrets.all([tokenHash, clientId, Client.mostSandbox])
    const client = rows[0]?.client
    if (!client) return null
    client.visit = rows[0].visit
    client.$setRelated(
      'secrets',
      rows.flatMap(({ secret }) => secret ?? [])
    )
    return client
  }

  /** The use by the member of this request, as `withSecrets` has read it. */
  visit: ClientMember | null = null

  /** Whether that member has signed in there before, and has taken nothing back since. */
  get isUsedByVisitor(): boolean {
    return this.visit !== null && this.visit.takenBackAt === null
  }

  /** Locks its row for the rest of the transaction. */
  static async lock(clientId: string, client: TransactionClientContract): Promise<Client | null> {
    await Client.query({ client }).where({ clientId }).update({ clientId })
    return Client.findBy({ clientId }, { client })
  }

  /** Whether it can keep a secret. */
  get isConfidential() {
    return this.kind === 'server'
  }

  get isEnabled() {
    return !this.disabledAt
  }

  get isPairwise() {
    return this.pairwiseSalt !== null && this.pairwiseSalt !== undefined
  }

  get #saltPurpose() {
    return `clients:${this.publicId}:pairwise_salt`
  }

  /** Whether members are identified to it by ids that no other site can compare. */
  identifyPairwise(pairwise: boolean): this {
    this.publicId ??= newPublicId()
    this.pairwiseSalt = pairwise ? seal(this.#saltPurpose, randomToken()) : null
    return this
  }

  /** A member's id at this site alone. */
  pairwiseSubjectOf(publicId: string): string {
    return createHmac('sha256', unseal(this.#saltPurpose, this.pairwiseSalt!))
      .update(publicId)
      .digest('base64url')
  }

  /** A member's id as this site knows it. */
  subjectOf(publicId: string): string {
    return this.isPairwise ? this.pairwiseSubjectOf(publicId) : publicId
  }

  get #webhookPurpose() {
    return `clients:${this.publicId}:webhook_secret`
  }

  /**
   * Makes the secret that signs its webhooks. The one before goes on signing beside it for
   * the grace time, so that the site can change over at any moment of it.
   *
   * @param graceMs `0` ends the one before at once
   * @returns the secret, in the form that sites' libraries take
   */
  renewWebhookSecret(graceMs: number): string {
    this.publicId ??= newPublicId()
    const secret = `whsec_${randomBytes(32).toString('base64')}`
    const isKept = graceMs > 0 && Boolean(this.webhookSecret)
    this.webhookSecretPrevious = isKept ? this.webhookSecret : null
    this.webhookPreviousUntil = isKept ? now().plus({ milliseconds: graceMs }) : null
    this.webhookSecret = seal(this.#webhookPurpose, secret)
    return secret
  }

  /** The secrets that sign now, the current one first. @throws SecretUnreadable */
  get webhookSecrets(): string[] {
    const isKept = this.webhookPreviousUntil && this.webhookPreviousUntil > now()
    return [this.webhookSecret, isKept ? this.webhookSecretPrevious : null]
      .filter((sealed) => sealed !== null && sealed !== undefined)
      .map((sealed) => unseal(this.#webhookPurpose, sealed))
  }

  /** Deletes the secrets that no longer sign. */
  static async forgetWebhookSecrets() {
    await Client.query()
      .where('webhookPreviousUntil', '<', sqlTime(now()))
      .update({ webhookSecretPrevious: null, webhookPreviousUntil: null })
  }

  /** How long it may take no event before it is told no more. */
  static readonly WEBHOOK_PATIENCE = { days: 7 }

  /**
   * Records that it did not take an event.
   *
   * @returns whether it has taken none for too long
   */
  async noteWebhookFailure(): Promise<boolean> {
    if (this.webhookFailingSince) {
      return this.webhookFailingSince <= now().minus(Client.WEBHOOK_PATIENCE)
    }
    await Client.query()
      .where('id', this.id)
      .whereNull('webhookFailingSince')
      .update({ webhookFailingSince: sqlTime(now()) })
    return false
  }

  /** Records that it took an event. */
  async noteWebhookTaken() {
    if (!this.webhookFailingSince) return
    await Client.query().where('id', this.id).update({ webhookFailingSince: null })
  }

  /** Whether it is told of events. */
  get hearsEvents() {
    return Boolean(this.webhookUrl) && !this.webhookOffAt
  }

  /**
   * Whether one of its live secrets was sent. All of them are compared, so that timing
   * does not reveal which. The secrets must be loaded.
   */
  async accepts(given: string): Promise<boolean> {
    const living = this.secrets.filter((secret) => secret.isAlive)
    const matching = living.filter((secret) => secret.is(given))
    await matching[0]?.noteUse()
    return matching.length > 0
  }

  /** The last characters of a secret that was its own and has ended; `null` if it never was. */
  retiredTailOf(given: string): string | null {
    const ended = this.secrets.find((secret) => !secret.isAlive && secret.is(given))
    return ended?.secretTail ?? null
  }

  /** How the audit names it. */
  get asAuditSubject(): AuditSubject {
    return { type: 'client', id: this.publicId, label: this.clientId }
  }

  get settings(): ClientSettings {
    return {
      name: this.name,
      redirectUris: this.redirectUris,
      postLogoutRedirectUris: this.postLogoutRedirectUris,
      scopes: this.scopes,
      thirdParty: this.thirdParty,
      pairwise: this.isPairwise,
      homeUrl: this.homeUrl,
      privacyUrl: this.privacyUrl,
      secondFactorOnly: this.secondFactorOnly,
      closedToNewcomers: this.closedToNewcomers,
      accessTokenMinutes: this.accessTokenMinutes,
      refreshTokenDays: this.refreshTokenDays,
      backchannelLogoutUri: this.backchannelLogoutUri,
      webhookUrl: this.webhookUrl,
      inside: this.inside,
    }
  }

  /** What the audit says about a change. */
  get audited() {
    return { kind: this.kind, ...this.settings }
  }

  /** The version of its settings, for a form to carry (`isStale`). */
  get settingsVersion(): string {
    return packVersion(this.settings)
  }

  /** The version of its secrets, likewise; says nothing about what they are. */
  get secretsVersion(): string {
    return this.secrets
      .filter(({ isAlive }) => isAlive)
      .map(({ publicId, retireUntil }) => `${publicId}:${retireUntil?.toUnixInteger() ?? ''}`)
      .sort()
      .join(' ')
  }

  /** Whether anybody has ever signed in there. */
  async isUsed(client?: TransactionClientContract): Promise<boolean> {
    const member = await ClientMember.query({ client }).where('clientId', this.id).first()
    return member !== null
  }

  /** How many members have signed in there, and how many are signed in there now. */
  async countMembers(): Promise<{ ever: number; now: number }> {
    const time = sqlTime(now())
    const [ever] = await db.from('client_members').where('client_id', this.id).count({ count: '*' })
    const [present] = await db
      .from({ given: 'oidc_payloads' })
      .leftJoin('user_sessions as session', 'session.id', 'given.user_session_id')
      .where({ 'given.model': 'Grant', 'given.client_id': this.clientId })
      .where('given.expires_at', '>', time)
      .where((stands) =>
        stands
          .where('given.ends_with_session', false)
          .orWhere((session) =>
            session
              .whereNotNull('session.id')
              .whereNull('session.revoked_at')
              .where('session.expires_at', '>', time)
              .where('session.lapses_at', '>', time)
          )
      )
      .countDistinct({ count: 'given.user_id' })
    return { ever: Number(ever.count), now: Number(present.count) }
  }
}
