import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import { now } from '#time/clock'
import { parseGrace, USUAL_GRACE } from '#models/grace'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

export interface CredentialActivation {
  /** `Provider.keysVersion` that the form carries (`isStale`). */
  version?: string
  /**
   * How long the previous one may still finish what began with it, in milliseconds; 0:
   * not at all.
   */
  graceMs?: number
  actor: Actor
}

export type ActivationOutcome =
  | { kind: 'activated' }
  | { kind: 'rolled_back' }
  | { kind: 'another_application' }
  | { kind: 'stale' }
  | { kind: 'revoked' }
  | { kind: 'gone' }

const USUAL_GRACE_MS = parseGrace(USUAL_GRACE)!

/**
 * Makes a credential the one that new attempts use. The previous one retires: for a
 * grace time it still finishes the attempts that began with it (decision 7). A
 * retiring credential may become active again, and the newer one then waits as it did
 * before the rotation; a revoked one may not.
 */
export class ActivateCredential {
  async handle(
    { id, providerId }: ProviderCredential,
    { version, graceMs = USUAL_GRACE_MS, actor }: CredentialActivation,
    within?: TransactionClientContract
  ): Promise<ActivationOutcome> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(providerId, trx)
      const credential = await ProviderCredential.find(id, { client: trx })
      if (!provider || !credential) return { kind: 'gone' }

      /* On a second press, the work is already done. */
      if (provider.activeCredentialId === credential.id) return { kind: 'activated' }
      if (credential.status === 'revoked') return { kind: 'revoked' }
      if (await provider.hasOtherKeys(version)) return { kind: 'stale' }
      if (await provider.isAnotherApplication(credential.clientId, credential.appRef)) {
        return { kind: 'another_application' }
      }

      const before =
        provider.activeCredentialId === null
          ? null
          : await ProviderCredential.find(provider.activeCredentialId, { client: trx })
      if (!(await provider.replaceActiveCredential(credential.id))) {
        return { kind: 'stale' }
      }

      const isRollBack = credential.status === 'retiring'
      const activate = async (one: ProviderCredential) => {
        one.merge({ status: 'active', activatedAt: now(), retiredAt: null, retireUntil: null })
        await one.save()
      }
      if (isRollBack) {
        if (before) await this.#change(before, 'credential.set_back', actor, trx, setBack)
        await this.#change(credential, 'credential.rolled_back', actor, trx, activate)
        return { kind: 'rolled_back' }
      }

      if (before && graceMs > 0) {
        const retire = (one: ProviderCredential) => one.retire(graceMs)
        await this.#change(before, 'credential.retired', actor, trx, retire)
      } else if (before) {
        await this.#change(before, 'credential.revoked', actor, trx, (one) => one.revoke())
      }
      await this.#change(credential, 'credential.activated', actor, trx, activate)
      return { kind: 'activated' }
    }, within)
  }

  /** Changes one credential and records the changes in the audit. */
  async #change(
    credential: ProviderCredential,
    action: AuditEntry['action'],
    actor: Actor,
    trx: TransactionClientContract,
    change: (credential: ProviderCredential) => Promise<void>
  ) {
    const before = keptState(credential)
    await change(credential)
    const changes = changesBetween(before, keptState(credential))
    await AuditEntry.record({ actor, action, subject: credential.asAuditSubject, changes }, trx)
  }
}

/**
 * As if the rotation had never happened; attempts begun with it in between can still
 * finish with it.
 */
async function setBack(credential: ProviderCredential) {
  await credential.merge({ status: 'draft' }).save()
}

function keptState({ status, retireUntil }: ProviderCredential) {
  return { status, retireUntil: retireUntil?.toISO() ?? null }
}
