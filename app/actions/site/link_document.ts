import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { AddDocument } from '#actions/site/add_document'
import { ChangeDocument } from '#actions/site/change_document'
import { PublishVersion } from '#actions/site/publish_version'
import type { Actor } from '#audit/actor'
import Document from '#models/site/document'
import Site from '#models/site/site'

interface DocumentLink {
  key: string
  url: string
  /** What it is called if there is none with this key yet. */
  title: string
  titleEn: string
  actor: Actor
}

/**
 * Makes a document a required link, whatever it was before; another address is a new
 * version.
 */
export class LinkDocument {
  async handle(
    { key, url, title, titleEn, actor }: DocumentLink,
    within?: TransactionClientContract
  ): Promise<{ kind: 'linked' | 'too_many' }> {
    return inTransaction(async (trx) => {
      await Site.lock(trx)
      const contents = { url, text: null }
      const settings = { required: true, enabled: true }
      const document = await Document.query({ client: trx }).where('key', key).first()
      if (!document) {
        const adding = { key, settings: { title, titleEn, ...settings }, contents, actor }
        const addition = await new AddDocument().handle(adding, trx)
        return { kind: addition.kind === 'too_many' ? 'too_many' : 'linked' }
      }
      await new PublishVersion().handle(document, { contents, actor }, trx)
      await new ChangeDocument().handle(document, { settings, actor }, trx)
      return { kind: 'linked' }
    }, within)
  }
}
