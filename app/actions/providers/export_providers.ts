import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import { SecretUnreadable } from '#crypto/sealed'
import { clientRecords } from '#transfer/clients'
import { documentRecords } from '#transfer/documents'
import { identityRecord } from '#transfer/identity'
import { type ProviderSecrets, writeDocument } from '#transfer/document'

export type ProviderExport = { kind: 'exported'; text: string } | { kind: 'secret_unreadable' }

/**
 * Writes the providers to a file: their settings, and their secrets under a passphrase;
 * the settings of the connected sites, whose secrets are nowhere to be read; the documents
 * in force; and the site's own settings.
 */
export class ExportProviders {
  /** @param passphrase without one, no secret is exported */
  async handle(passphrase: string | null, actor: Actor): Promise<ProviderExport> {
    const providers = await Provider.query()
      .where('sandbox', false)
      .withScopes((scopes) => scopes.inOrder())
      .preload('activeCredential')
    const records = providers.map(({ key, driver, enabled, onUnlink, settings }) => ({
      key,
      driver,
      enabled,
      onUnlink,
      settings,
    }))
    let sealing = null
    try {
      if (passphrase !== null) sealing = { passphrase, secrets: providers.map(secretsOf) }
    } catch (error) {
      if (error instanceof SecretUnreadable) return { kind: 'secret_unreadable' }
      throw error
    }
    const clients = await clientRecords()
    const documents = await documentRecords()
    const identity = (await identityRecord()) ?? undefined
    const text = await writeDocument(records, sealing, { clients, documents, identity })

    await inTransaction(async (trx) => {
      const providerKeys = records.map(({ key }) => key)
      const changes = {
        providers: { before: null, after: providerKeys },
        ...(clients.length > 0 && {
          clients: { before: null, after: clients.map(({ clientId }) => clientId) },
        }),
        ...(documents.length > 0 && {
          documents: { before: null, after: documents.map(({ key }) => key) },
        }),
        withSecrets: { before: null, after: sealing !== null },
      }
      await AuditEntry.record(
        { actor, action: 'providers.exported', subject: { type: 'site' }, changes },
        trx
      )
    })
    return { kind: 'exported', text }
  }
}

/** @throws SecretUnreadable */
function secretsOf(provider: Provider): ProviderSecrets {
  const { key, activeCredential: active } = provider
  return {
    key,
    keys: active && { clientId: active.clientId, clientSecret: active.revealSecret() || null },
    adminKey: provider.revealAdminKeys()[0] ?? null,
  }
}
