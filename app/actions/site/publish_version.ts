import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Document from '#models/site/document'
import { contentsChanged, type DocumentContents } from '#models/site/document_version'
import Site from '#models/site/site'

interface NewVersion {
  contents: DocumentContents
  /** The number of the version that the form shows; absent when nothing was shown. */
  number?: number
  actor: Actor
}

/** `unchanged`: it says what the version in force says. */
export type Publication = { kind: 'published' | 'unchanged' | 'stale'; document: Document }

/** Gives a document a new version, which is in force at once. */
export class PublishVersion {
  async handle(
    { id }: Document,
    { contents, number, actor }: NewVersion,
    within?: TransactionClientContract
  ): Promise<Publication> {
    return inTransaction(async (trx) => {
      const site = await Site.lock(trx)
      const document = await Document.inOrder(trx).where('id', id).firstOrFail()
      const { present } = document
      if (number !== undefined && number !== present.number) return { kind: 'stale', document }
      if (present.says(contents)) return { kind: 'unchanged', document }

      const { number: after } = await document.publishVersion(contents, trx)
      await site.publish()
      const changes = {
        documentVersion: { before: present.number, after },
        ...contentsChanged(present, contents),
      }
      const subject = document.asAuditSubject
      await AuditEntry.record({ actor, action: 'document.version_added', subject, changes }, trx)
      return { kind: 'published', document }
    }, within)
  }
}
