import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Document, { type DocumentSettings } from '#models/site/document'
import Site from '#models/site/site'

interface DocumentChange {
  settings: Partial<DocumentSettings>
  /** `Document.settingsVersion` that the form carries (`isStale`). */
  version?: string
  actor: Actor
}

/** Changes what a document is called, whether it is required, and whether it is in force. */
export class ChangeDocument {
  async handle(
    { id }: Document,
    { settings, version, actor }: DocumentChange,
    within?: TransactionClientContract
  ): Promise<{ kind: 'changed' | 'stale'; document: Document }> {
    return inTransaction(async (trx) => {
      const site = await Site.lock(trx)
      const document = await Document.inOrder(trx).where('id', id).firstOrFail()
      if (isStale(version, document.settingsVersion)) return { kind: 'stale', document }
      const changes = changesBetween(document.settings, settings)
      if (Object.keys(changes).length === 0) return { kind: 'changed', document }

      await document.merge(settings).save()
      await site.publish()
      const subject = document.asAuditSubject
      await AuditEntry.record({ actor, action: 'document.changed', subject, changes }, trx)
      return { kind: 'changed', document }
    }, within)
  }
}
