import { createHmac } from 'node:crypto'
import { beforeCreate, beforeFetch, beforeFind, beforePaginate, hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import env from '#start/env'
import { ClientSchema } from '#database/schema'
import type { AuditSubject } from '#audit/actions'
import { randomToken } from '#crypto/random_token'
import ClientSecret from '#models/oidc/client_secret'
import { Join } from '#database/join'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'

/** A site whose visitors sign in through this one. */
export default class Client extends ClientSchema {
  static readonly SCOPES = ['openid', 'profile', 'email', 'offline_access']
  static readonly USUAL_SCOPES = ['openid', 'profile', 'email']

  @hasMany(() => ClientSecret, { localKey: 'id', foreignKey: 'clientId' })
  declare secrets: HasMany<typeof ClientSecret>

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
    () => ({ client: Client, secret: ClientSecret }),
    `clients client left join client_secrets secret on secret.client_id = client.id
      where client.client_id = ? and client.sandbox <= ?`
  )

  /** A site, found by its client id, with its secrets. */
  static async withSecrets(clientId: string): Promise<Client | null> {
    const rows = await Client.#withSecrets.all([clientId, Client.mostSandbox])
    const client = rows[0]?.client
    client?.$setRelated(
      'secrets',
      rows.flatMap(({ secret }) => secret ?? [])
    )
    return client ?? null
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

  /** Identifies members to it by ids that no other site can compare; this is permanent. */
  makePairwise(): this {
    this.publicId ??= newPublicId()
    this.pairwiseSalt = seal(this.#saltPurpose, randomToken())
    return this
  }

  /** A member's id at this site alone. */
  pairwiseSubjectOf(publicId: string): string {
    return createHmac('sha256', unseal(this.#saltPurpose, this.pairwiseSalt!))
      .update(publicId)
      .digest('base64url')
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

  /** How the audit names it. */
  get asAuditSubject(): AuditSubject {
    return { type: 'client', id: this.publicId, label: this.clientId }
  }

  /** What the audit says about a change. */
  get audited() {
    const { name, kind, thirdParty, redirectUris, postLogoutRedirectUris, scopes } = this
    return { name, kind, thirdParty, redirectUris, postLogoutRedirectUris, scopes }
  }
}
