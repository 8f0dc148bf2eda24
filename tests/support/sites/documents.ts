import { AddDocument, type NewDocument } from '#actions/site/add_document'
import { PublishVersion } from '#actions/site/publish_version'
import { ChangeDocument } from '#actions/site/change_document'
import { ChangeSite } from '#actions/site/change_site'
import { commandActor } from '#audit/actor'
import Document, { type DocumentSettings } from '#models/site/document'
import Agreement from '#models/site/agreement'
import type { Page } from '#tests/support/visitor'

/** A required document kept here, unless told otherwise. */
export async function aDocument(
  key: string,
  settings: Partial<NewDocument['settings']> = {},
  contents: NewDocument['contents'] = { url: null, text: `${key} 본문` }
): Promise<Document> {
  const addition = await new AddDocument().handle({
    key,
    settings: { title: `${key} 문서`, titleEn: null, required: true, enabled: true, ...settings },
    contents,
    actor: commandActor(),
  })
  if (addition.kind !== 'added') throw new Error(addition.kind)
  return addition.document
}

/** Gives it a new version. */
export async function renew(document: Document, text = '새 본문') {
  const contents = { url: null, text }
  await new PublishVersion().handle(document, { contents, actor: commandActor() })
}

export async function change(document: Document, settings: Partial<DocumentSettings>) {
  await new ChangeDocument().handle(document, { settings, actor: commandActor() })
}

export async function askForAge(ageQuestion = true) {
  await new ChangeSite().handle({ settings: { ageQuestion }, actor: commandActor() })
}

/** The versions behind the boxes of a page, by the keys of their documents. */
export async function boxesOf(page: Page): Promise<Record<string, string>> {
  const shown = page.valuesOf('input[name="agree[]"]', 'value')
  const documents = await Document.inOrder()
  const versions = documents.flatMap(({ key, versions: all }) =>
    all.map(({ publicId }) => [key, publicId] as const)
  )
  return Object.fromEntries(versions.filter(([, publicId]) => shown.includes(publicId)))
}

/** What the button "agree to all" of a page sends. */
export function allOf(page: Page): Record<string, string> {
  return { agree_all: page.valuesOf('button[name=agree_all]', 'value')[0] }
}

/** "terms 1 sign_up" for everything that a member agreed to, in the order they did. */
export async function agreedBy(userId: number): Promise<string[]> {
  const agreements = await Agreement.query().where({ userId }).preload('version').orderBy('id')
  const documents = await Document.all()
  return agreements.map(({ way, withdrawnAt, version: { documentId, number } }) => {
    const { key } = documents.find(({ id }) => id === documentId)!
    return [key, number, way, ...(withdrawnAt ? ['taken back'] : [])].join(' ')
  })
}
