import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { ActivateCredential } from '#actions/credentials/activate_credential'
import { AddCredential } from '#actions/credentials/add_credential'
import { DRIVERS } from '#protocol/drivers'

/** The arguments of `credential:rotate`. */
export interface Rotation {
  /** The provider's key. */
  key: string
  /** Absent: keep the client id in use, with a new secret. */
  clientId?: string
  /** `null`: this client has no secret. */
  clientSecret: string | null
  /**
   * How long the previous key may still finish what began with it, in milliseconds; 0:
   * not at all.
   */
  graceMs: number
  actor: Actor
}

export type RotationOutcome =
  | { kind: 'rotated' | 'rolled_back' | 'already_active'; before: ProviderCredential }
  | {
      kind:
        | 'provider_unknown'
        | 'practice_only'
        | 'no_active_credential'
        | 'secret_missing'
        | 'another_application'
        | 'conflict'
    }

/** Activates a new pair and retires the previous one: both, or nothing. */
export class RotateCredential {
  async handle(rotation: Rotation): Promise<RotationOutcome> {
    return inTransaction(async (trx) => {
      const outcome = await this.#rotate(rotation, trx)
      if (!('before' in outcome)) await trx.rollback()
      return outcome
    })
  }

  async #rotate(
    { key, clientId: wishedId, clientSecret, graceMs, actor }: Rotation,
    trx: TransactionClientContract
  ): Promise<RotationOutcome> {
    await Provider.query({ client: trx }).where({ key }).update({ key })
    const provider = await Provider.findBy({ key }, { client: trx })
    if (!provider) return { kind: 'provider_unknown' }
    if (provider.activeCredentialId === null) return { kind: 'no_active_credential' }

    const before = await ProviderCredential.findOrFail(provider.activeCredentialId, { client: trx })
    const clientId = wishedId ?? before.clientId
    if (clientSecret === null && !DRIVERS[provider.driver].secretOptional) {
      return { kind: 'secret_missing' }
    }

    const addition = await new AddCredential().handle(
      provider,
      { clientId, clientSecret, label: null, approvedLosses: null, actor },
      trx
    )
    switch (addition.kind) {
      case 'added':
      case 'known':
        break
      case 'secret_expected':
        return { kind: 'secret_missing' }
      case 'another_application':
      case 'practice_only':
        return addition
      default:
        return { kind: 'conflict' }
    }

    /* Scripts may run this again with the same pair; nothing needs rotating then. */
    if (addition.credential.id === before.id) return { kind: 'already_active', before }
    const { kind } = await new ActivateCredential().handle(
      addition.credential,
      { graceMs, actor },
      trx
    )
    if (kind !== 'activated' && kind !== 'rolled_back') return { kind: 'conflict' }
    await before.useTransaction(trx).refresh()
    return { kind: kind === 'activated' ? 'rotated' : kind, before }
  }
}
