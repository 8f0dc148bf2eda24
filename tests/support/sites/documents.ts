import { AddDocument, type NewDocument } from '#actions/site/add_document'
import { PublishVersion } from '#actions/site/publish_version'
import { commandActor } from '#audit/actor'
import type Document from '#models/site/document'

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
