import { DateTime } from 'luxon'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Agreed } from '#duties/agreed'
import Agreement from '#models/site/agreement'
import DocumentVersion from '#models/site/document_version'
import type User from '#models/user'

/**
 * Notes what a member has agreed to, when and how.
 *
 * @param how with the provider's label when they came through one
 * @param client the transaction that makes or holds the member's row
 */
export async function noteAgreements(
  user: User,
  agreed: Agreed,
  how: { way: Agreement['way']; providerLabel?: string },
  client: TransactionClientContract
): Promise<void> {
  const agreedAt = DateTime.fromISO(agreed.at)
  const versions = await DocumentVersion.query({ client })
    .whereIn('publicId', agreed.versions)
    .orderBy('id')
  const { way, providerLabel = null } = how
  await Agreement.createMany(
    versions.map(({ id }) => ({ userId: user.id, versionId: id, way, providerLabel, agreedAt })),
    { client }
  )
  if (!agreed.ofAge || user.ofAgeAt) return
  await user.useTransaction(client).merge({ ofAgeAt: agreedAt }).save()
}
