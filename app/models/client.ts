import { beforeCreate, beforeFetch, beforeFind, beforePaginate, hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import env from '#start/env'
import { ClientSchema } from '#database/schema'
import type { AuditSubject } from '#audit/actions'
import ClientSecret from '#models/client_secret'
import { newPublicId } from '#models/public_id'

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

  /** Without SANDBOX the example site does not exist for any query. */
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

  /** What `hideSandbox` asks of a row, for SQL of one's own: it is at most this much of the sandbox. */
  static get mostSandbox() {
    return env.get('SANDBOX') ? 1 : 0
  }

  /** Whether it can keep a secret. */
  get isConfidential() {
    return this.kind === 'server'
  }

  get isEnabled() {
    return !this.disabledAt
  }

  /** How the audit names it. */
  get asAuditSubject(): AuditSubject {
    return { type: 'client', id: this.publicId, label: this.clientId }
  }

  /** What the audit says of a change. */
  get audited() {
    const { name, kind, redirectUris, postLogoutRedirectUris, scopes } = this
    return { name, kind, redirectUris, postLogoutRedirectUris, scopes }
  }
}
