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
import env from '#start/env'
import { ProviderSchema } from '#database/schema'
import ProviderCredential from '#models/provider_credential'
import { newPublicId } from '#models/public_id'

export type EmailPolicy = Provider['emailPolicy']

/** One application registered at Naver or Kakao, and how people may sign in through it. */
export default class Provider extends ProviderSchema {
  @hasMany(() => ProviderCredential)
  declare credentials: HasMany<typeof ProviderCredential>

  @belongsTo(() => ProviderCredential, { foreignKey: 'activeCredentialId' })
  declare activeCredential: BelongsTo<typeof ProviderCredential>

  @beforeCreate()
  static givePublicId(provider: Provider) {
    provider.publicId ??= newPublicId()
  }

  /** Without SANDBOX its rows do not exist for any query. */
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

  /** Providers whose start route works: switched on, with an active credential. */
  static usable = scope((query: ModelQueryBuilderContract<typeof Provider>) => {
    query.where('enabled', true).whereNotNull('activeCredentialId')
  })

  /** The providers that get a button, in the order administrators chose. */
  static offered() {
    return Provider.query()
      .withScopes((scopes) => scopes.usable())
      .where('hidden', false)
      .orderBy('position')
      .orderBy('id')
  }

  get isUsable() {
    return this.enabled && this.activeCredentialId !== null
  }
}
