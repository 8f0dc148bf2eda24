import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { SwitchProvider } from '#actions/providers/switch_provider'

export interface CredentialEnd {
  /** `Provider.keysVersion` that the form carries (`isStale`). */
  version?: string
  /** Switch the provider off first, if it is on and this is the key in use. */
  switchOff?: boolean
  actor: Actor
}

export type CredentialRevocation =
  { kind: 'revoked' } | { kind: 'in_use' } | { kind: 'stale' } | { kind: 'gone' }

/**
 * Revokes a credential. The active one of a provider that is on stays, unless the
 * provider is switched off with it.
 */
export class RevokeCredential {
  async handle(
    { id, providerId }: ProviderCredential,
    { version, switchOff = false, actor }: CredentialEnd
  ): Promise<CredentialRevocation> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(providerId, trx)
      const credential = await ProviderCredential.find(id, { client: trx })
      if (!provider || !credential) return { kind: 'gone' }
      if (credential.status === 'revoked') return { kind: 'revoked' }
      if (await provider.hasOtherKeys(version)) return { kind: 'stale' }

      if (provider.activeCredentialId === credential.id) {
        if (provider.enabled && !switchOff) return { kind: 'in_use' }
        await new SwitchProvider().handle(provider, false, actor, trx)
        await provider.merge({ activeCredentialId: null, enabled: false }).save()
      }
      await AuditEntry.record(
        {
          actor,
          action: 'credential.revoked',
          subject: credential.asAuditSubject,
          changes: { status: { before: credential.status, after: 'revoked' } },
        },
        trx
      )
      await credential.revoke()
      return { kind: 'revoked' }
    })
  }
}
