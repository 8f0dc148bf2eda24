import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { changesBetween, type Changes } from '#audit/changes'
import Document, { type DocumentSettings } from '#models/site/document'
import { contentsChanged, type DocumentContents } from '#models/site/document_version'

/** What a file says about a document: the version in force, and no former one. */
export interface DocumentRecord {
  key: string
  settings: DocumentSettings
  contents: DocumentContents
}

/** What an import would do with one document. */
export interface DocumentItem {
  key: string
  title: string
  kind: 'create' | 'change' | 'unchanged' | 'refused'
  changes: Changes
  /** The settings and the version that this is based on. */
  foundOn: (string | null)[]
}

/** Every document, for a file. */
export async function documentRecords(): Promise<DocumentRecord[]> {
  const documents = await Document.inOrder()
  return documents.map(({ key, settings, present: { url, text } }) => ({
    key,
    settings,
    contents: { url, text },
  }))
}

/** Compares the documents of a file with those there are; changes nothing. */
export async function planDocuments(
  records: DocumentRecord[],
  trx?: TransactionClientContract
): Promise<DocumentItem[]> {
  const here = await Document.inOrder(trx)
  let count = here.length
  return records.map(({ key, settings, contents }) => {
    const known = here.find((document) => document.key === key)
    const changes = {
      ...changesBetween(known?.settings ?? {}, settings),
      ...contentsChanged(known?.present ?? null, contents),
    }
    const foundOn = known ? [known.settingsVersion, known.present.publicId] : []
    const item = { key, title: settings.title, changes, foundOn }
    if (known) return { ...item, kind: Object.keys(changes).length > 0 ? 'change' : 'unchanged' }
    count += 1
    return { ...item, kind: count > Document.MOST ? 'refused' : 'create' }
  })
}
