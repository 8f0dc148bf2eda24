import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import Provider, { type ProviderSettings } from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { CreateProvider } from '#actions/providers/create_provider'
import { ChangeProvider } from '#actions/providers/change_provider'
import { AddCredential } from '#actions/credentials/add_credential'
import { ActivateCredential } from '#actions/credentials/activate_credential'
import { SwitchProvider } from '#actions/providers/switch_provider'
import type { SandboxLosses } from '#sandbox/losses'
import { DRIVERS } from '#protocol/drivers'

/** The arguments of `provider:set`; `undefined` leaves a value as it is. */
export interface ProviderInput {
  key: string
  driver?: string
  settings: Partial<ProviderSettings>
  clientId?: string
  /** `null`: this client has no secret. */
  clientSecret?: string | null
  adminKey?: string
  enabled?: boolean
  actor: Actor
}

export type ProviderSetting =
  /** `losses`: what was lost with a practice provider that was replaced. */
  | { kind: 'created' | 'changed'; provider: Provider; losses?: SandboxLosses | null }
  | {
      kind:
        | 'driver_missing'
        | 'driver_differs'
        | 'client_id_missing'
        | 'secret_missing'
        | 'another_application'
        | 'admin_key_not_taken'
        | 'no_active_credential'
        | 'conflict'
    }

/**
 * Sets a provider and its active credential to what was asked for: all of it, or
 * nothing. A script cannot confirm anything, so real keys replace a practice provider
 * without asking.
 */
export class SetProvider {
  /** @param within the transaction of a larger flow; if this fails, that is rolled back too */
  async handle(input: ProviderInput, within?: TransactionClientContract): Promise<ProviderSetting> {
    return inTransaction(async (trx) => {
      const setting = await this.#set(input, trx)
      if (!('provider' in setting)) await trx.rollback()
      return setting
    }, within)
  }

  async #set(input: ProviderInput, trx: TransactionClientContract): Promise<ProviderSetting> {
    const known = await this.#lockByKey(input.key, trx)
    const setting =
      known && !(known.sandbox && input.clientId !== undefined)
        ? await this.#change(known, input, trx)
        : await this.#create(input, trx)
    if (!('provider' in setting)) return setting
    if (input.adminKey && !setting.provider.takesAdminKey) return { kind: 'admin_key_not_taken' }

    if (input.enabled !== undefined) {
      const { provider } = setting
      const change = await new SwitchProvider().handle(provider, input.enabled, input.actor, trx)
      if (change.kind === 'no_active_credential') return { kind: 'no_active_credential' }
    }
    await setting.provider.refresh()
    return setting
  }

  /** Writes before it reads, as `Provider.lock` does. */
  async #lockByKey(key: string, client: TransactionClientContract) {
    await Provider.query({ client }).where({ key }).update({ key })
    return Provider.findBy({ key }, { client })
  }

  async #create(input: ProviderInput, trx: TransactionClientContract): Promise<ProviderSetting> {
    const { key, settings, clientId, clientSecret, adminKey, actor } = input
    const driver = input.driver ?? (key in DRIVERS ? key : undefined)
    if (driver === undefined) return { kind: 'driver_missing' }
    if (clientId === undefined) return { kind: 'client_id_missing' }
    if (clientSecret === undefined || (clientSecret === null && !DRIVERS[driver].secretOptional)) {
      return { kind: 'secret_missing' }
    }

    const creation = await new CreateProvider().handle(
      {
        key,
        driver,
        settings,
        adminKey,
        keys: { clientId, clientSecret },
        approvedLosses: 'any',
        actor,
      },
      trx
    )
    return creation.kind === 'created' ? creation : { kind: 'conflict' }
  }

  async #change(
    known: Provider,
    input: ProviderInput,
    trx: TransactionClientContract
  ): Promise<ProviderSetting> {
    if (input.driver !== undefined && input.driver !== known.driver) {
      return { kind: 'driver_differs' }
    }
    const change = await new ChangeProvider().handle(known, input, trx)
    if (change.kind !== 'changed') return { kind: 'conflict' }
    if (input.clientId === undefined && input.clientSecret === undefined) return change

    const keys = await this.#changeKeys(change.provider, input, trx)
    return keys ?? change
  }

  /** @returns why it failed, or `null` if the wanted keys are the active ones now */
  async #changeKeys(
    provider: Provider,
    { clientId: wishedId, clientSecret, actor }: ProviderInput,
    trx: TransactionClientContract
  ): Promise<ProviderSetting | null> {
    const active = provider.activeCredentialId
      ? await ProviderCredential.find(provider.activeCredentialId, { client: trx })
      : null
    const clientId = wishedId ?? active?.clientId
    if (clientId === undefined) return { kind: 'client_id_missing' }
    if (
      clientSecret === undefined ||
      (clientSecret === null && !DRIVERS[provider.driver].secretOptional)
    ) {
      return { kind: 'secret_missing' }
    }

    /* Set-up scripts may run this again with the same keys; nothing needs rotating then. */
    if (active?.clientId === clientId && active.hasSecret(clientSecret ?? '')) return null

    const addition = await new AddCredential().handle(
      provider,
      { clientId, clientSecret, label: null, secretSwitchedOff: clientSecret === null, actor },
      trx
    )
    if (addition.kind === 'another_application') return { kind: 'another_application' }
    if (!('credential' in addition)) return { kind: 'conflict' }

    const { kind } = await new ActivateCredential().handle(addition.credential, { actor }, trx)
    return kind === 'activated' || kind === 'rolled_back' ? null : { kind: 'conflict' }
  }
}
