import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Document from '#models/site/document'
import Site from '#models/site/site'

/** Moves a document one place up (`-1`) or down (`1`) in the list that people are shown. */
export class MoveDocument {
  async handle(publicId: string, by: -1 | 1, actor: Actor): Promise<void> {
    await inTransaction(async (trx) => {
      const site = await Site.lock(trx)
      const documents = await Document.inOrder(trx)
      const before = documents.map(({ key }) => key)
      const from = documents.findIndex((document) => document.publicId === publicId)
      const to = from + by
      if (from === -1 || to < 0 || to >= documents.length) return

      documents.splice(to, 0, ...documents.splice(from, 1))
      for (const [index, document] of documents.entries()) {
        await document.merge({ position: index + 1 }).save()
      }
      await site.publish()
      const changes = { order: { before, after: documents.map(({ key }) => key) } }
      const subject = { type: 'site' } as const
      await AuditEntry.record({ actor, action: 'document.reordered', subject, changes }, trx)
    })
  }
}
