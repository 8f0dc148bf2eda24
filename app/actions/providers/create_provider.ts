import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider, { type ProviderSettings } from '#models/provider'
import { changesBetween, type Changes } from '#audit/changes'
import type ProviderCredential from '#models/provider_credential'
import { StoreCredential, type CredentialInput } from '#actions/credentials/store_credential'
import {
  type ApprovedLosses,
  areApproved,
  lossesOf,
  membersOfSandbox,
  type SandboxLosses,
  type SandboxRow,
  sandboxRow,
} from '#sandbox/losses'
import { DRIVERS } from '#protocol/drivers'

export interface NewProvider {
  key: string
  driver: string
  /** Without keys the provider can be prepared, but not switched on. */
  keys?: CredentialInput
  adminKey?: string
  settings?: Partial<ProviderSettings>
  /** The losses agreed to if this replaces a practice provider of the same key. */
  approvedLosses?: ApprovedLosses
  actor: Actor
}

export type ProviderCreation =
  /** `losses`: what was lost with the practice provider, if one was replaced. */
  | {
      kind: 'created'
      provider: Provider
      /** `null` without keys. */
      credential: ProviderCredential | null
      losses: SandboxLosses | null
    }
  /**
   * A practice provider of this key would be replaced, and nobody has agreed to losing
   * this much.
   */
  | { kind: 'sandbox_in_the_way'; losses: SandboxLosses }
  | { kind: 'key_taken' }

/**
 * Adds a provider, switched off. Keys given with it are active at once: there is
 * nothing to rotate from yet. It replaces a practice provider of the same key, and
 * everything that came through that, if the caller has agreed to the losses.
 */
export class CreateProvider {
  /** @param within the transaction of a larger flow */
  async handle(input: NewProvider, within?: TransactionClientContract): Promise<ProviderCreation> {
    return inTransaction((trx) => this.#create(input, trx), within)
  }

  async #create(input: NewProvider, trx: TransactionClientContract): Promise<ProviderCreation> {
    const sandbox = await this.#lockSandbox(input.key, trx)
    const losses = sandbox && (await lossesOf(sandbox, trx))
    if (losses && !areApproved(losses, input.approvedLosses)) {
      return { kind: 'sandbox_in_the_way', losses }
    }
    if (sandbox) await this.#removeSandbox(sandbox, trx)
    if (await trx.query().from('providers').where('key', input.key).first()) {
      return { kind: 'key_taken' }
    }

    const provider = new Provider().useTransaction(trx)
    provider.fill({
      label: DRIVERS[input.driver].defaults.label,
      hidden: false,
      position: sandbox?.position ?? (await this.#lastPosition(trx)),
      scopes: [...DRIVERS[input.driver].defaults.scopes],
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
          /* The people of the practice provider were deleted with it. */
          ...(losses && { sandbox: { before: true, after: false }, ...lossesAsChanges(losses) }),
          ...(input.adminKey && { adminKey: 'changed' }),
        },
      },
      trx
    )
    if (!input.keys) return { kind: 'created', provider, credential: null, losses }

    const how = { status: 'active', actor: input.actor } as const
    const credential = await new StoreCredential().handle(provider, input.keys, how, trx)
    await provider.merge({ activeCredentialId: credential.id }).save()
    return { kind: 'created', provider, credential, losses }
  }

  /** Writes before it reads, as `Provider.lock` does. */
  async #lockSandbox(key: string, trx: TransactionClientContract): Promise<SandboxRow | null> {
    await trx.query().from('providers').where({ key, sandbox: true }).update({ key })
    return sandboxRow(key, trx)
  }

  async #removeSandbox(row: SandboxRow, trx: TransactionClientContract) {
    const itself = () => trx.query().from('providers').where('id', row.id)
    await itself().update({ active_credential_id: null, enabled: false })
    await membersOfSandbox(row, trx).delete()
    await itself().delete()
  }

  async #lastPosition(trx: TransactionClientContract): Promise<number> {
    const [row] = await trx.query().from('providers').max('position as last')
    return Number(row.last ?? 0) + 1
  }
}

/** The losses as the audit records them. */
const lossesAsChanges = (losses: SandboxLosses): Changes =>
  Object.fromEntries(
    Object.entries(losses).map(([name, count]) => [
      `lost_${name}`,
      { before: count as number, after: 0 },
    ])
  )
