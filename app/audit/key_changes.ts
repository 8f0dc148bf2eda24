import AuditEntry from '#models/audit_entry'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'

/** A key that has changed since a form showed it. */
export interface KeyChange {
  credential: ProviderCredential
  /** `null` if it did not exist yet. */
  before: string | null
  /** The last entry about it, for who changed it and when. */
  entry: AuditEntry | null
}

/** What has changed in a provider's keys since a form showed them. */
export async function changesSince(version: string, provider: Provider): Promise<KeyChange[]> {
  const before = new Map(version.split(' ').map((one) => one.split(':') as [string, string]))
  await provider.load('credentials', (query) => query.orderBy('id'))

  const changed = provider.credentials.filter(({ publicId, status }) =>
    before.has(publicId) ? before.get(publicId) !== status : status !== 'revoked'
  )
  return Promise.all(
    changed.map(async (credential) => ({
      credential,
      before: before.get(credential.publicId) ?? null,
      entry: await AuditEntry.query()
        .where({ subjectType: 'credential', subjectId: credential.publicId })
        .orderBy('id', 'desc')
        .first(),
    }))
  )
}
