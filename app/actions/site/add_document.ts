import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Document, { type DocumentSettings } from '#models/site/document'
import { contentsChanged, type DocumentContents } from '#models/site/document_version'
import Site from '#models/site/site'

export interface NewDocument {
  /** Its name in addresses. */
  key: string
  settings: DocumentSettings
  contents: DocumentContents
  actor: Actor
}

export type DocumentAddition =
  { kind: 'added'; document: Document } | { kind: 'key_taken' } | { kind: 'too_many' }

/** Adds a document, with its first version. */
export class AddDocument {
  async handle(
    { key, settings, contents, actor }: NewDocument,
    within?: TransactionClientContract
  ): Promise<DocumentAddition> {
    return inTransaction(async (trx) => {
      const site = await Site.lock(trx)
      const others = await Document.inOrder(trx)
      if (others.some((other) => other.key === key)) return { kind: 'key_taken' }
      if (others.length >= Document.MOST) return { kind: 'too_many' }

      const position = (others.at(-1)?.position ?? 0) + 1
      const document = await Document.create({ key, ...settings, position }, { client: trx })
      document.$setRelated('versions', [])
      await document.publishVersion(contents, trx)
      await site.publish()
      const changes = {
        ...changesBetween({}, { key, ...settings }),
        ...contentsChanged(null, contents),
      }
      const subject = document.asAuditSubject
      await AuditEntry.record({ actor, action: 'document.added', subject, changes }, trx)
      return { kind: 'added', document }
    }, within)
  }
}
