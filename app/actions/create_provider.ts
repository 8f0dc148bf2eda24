import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import { now } from '#models/clock'
import Provider, { type ProviderSettings } from '#models/provider'
import { changesBetween } from '#audit/changes'
import ProviderCredential from '#models/provider_credential'
import { untilUnique } from '#actions/until_unique'
import { DRIVERS } from '#social/drivers'

export interface NewProvider {
  key: string
  driver: string
  /** Without keys it can be prepared, but not switched on. */
  keys?: { clientId: string; clientSecret: string | null; label?: string | null }
  adminKey?: string
  settings?: Partial<ProviderSettings>
  actor: Actor
}

export type ProviderCreation = { kind: 'created'; provider: Provider } | { kind: 'key_taken' }

/**
 * Adds a provider, switched off. Keys that come with it are active at once:
 * there is nothing yet to rotate from. A sandbox provider of the same key gives
 * way, with everything that came through it.
 */
export class CreateProvider {
  /** @param client the transaction of a larger flow, which then tries again itself */
  async handle(input: NewProvider, client?: TransactionClientContract): Promise<ProviderCreation> {
    if (client) return this.#create(input, client)
    return untilUnique(() => db.transaction((trx) => this.#create(input, trx)))
  }

  async #create(input: NewProvider, trx: TransactionClientContract): Promise<ProviderCreation> {
    const sandbox = await this.#removeSandbox(input.key, trx)
    if (await trx.query().from('providers').where('key', input.key).first()) {
      return { kind: 'key_taken' }
    }

    const provider = new Provider().useTransaction(trx)
    provider.fill({
      label: DRIVERS[input.driver].defaults.label,
      hidden: false,
      position: sandbox?.position ?? (await this.#lastPosition(trx)),
      scopes: [],
      requiredFields: ['email', 'name'],
      emailPolicy: DRIVERS[input.driver].defaults.emailPolicy,
      allowSignUp: true,
      syncProfile: 'always',
      ...input.settings,
      key: input.key,
      driver: input.driver,
      enabled: false,
      sandbox: false,
    })
    if (input.adminKey) provider.keepAdminKey(input.adminKey)
    await provider.save()
    await AuditEntry.record(
      {
        actor: input.actor,
        action: 'provider.created',
        subject: provider.asAuditSubject,
        changes: {
          ...changesBetween(
            {},
            { key: provider.key, driver: provider.driver, ...provider.settings }
          ),
          /* Its people went with it. */
          ...(sandbox && { sandbox: { before: true, after: false } }),
          ...(input.adminKey && { adminKey: 'changed' }),
        },
      },
      trx
    )
    if (input.keys) await this.#beginWith(provider, input.keys, input.actor)

    return { kind: 'created', provider }
  }

  async #beginWith(
    provider: Provider,
    { clientId, clientSecret, label = null }: NonNullable<NewProvider['keys']>,
    actor: Actor
  ) {
    const credential = new ProviderCredential()
    credential.fill({
      clientId,
      label,
      createdBy: actor.userId,
      status: 'active',
      activatedAt: now(),
    })
    if (clientSecret) credential.keepSecret(clientSecret)
    await provider.related('credentials').save(credential)

    provider.activeCredentialId = credential.id
    await provider.save()
    await AuditEntry.record(
      {
        actor,
        action: 'credential.added',
        subject: credential.asAuditSubject,
        changes: credential.auditedChanges,
      },
      provider.$trx!
    )
  }

  /**
   * Asks the tables, not the model, which does not see sandbox rows when
   * SANDBOX is off; they hold their key all the same.
   */
  async #removeSandbox(key: string, trx: TransactionClientContract) {
    const ofSandbox = () => trx.query().from('providers').where({ key, sandbox: true })
    await ofSandbox().update({ active_credential_id: null, enabled: false })
    const row: { id: number; position: number } | null = await ofSandbox().first()
    if (!row) return null

    /* Its people have no other way in; administrators stay, whatever they came through. */
    const identities = () => trx.query().from('identities').select('user_id')
    await trx
      .query()
      .from('users')
      .whereNull('password')
      .where('role', 'member')
      .whereIn('id', identities().where('provider_id', row.id))
      .whereNotIn('id', identities().whereNot('provider_id', row.id))
      .delete()
    await ofSandbox().delete()
    return row
  }

  async #lastPosition(trx: TransactionClientContract): Promise<number> {
    const [row] = await trx.query().from('providers').max('position as last')
    return Number(row.last ?? 0) + 1
  }
}
