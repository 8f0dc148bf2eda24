import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Document from '#models/site/document'

/** A document in force, without its text: what pages and flows need to know of it. */
export interface PresentDocument {
  readonly key: string
  readonly title: string
  readonly titleEn: string | null
  readonly required: boolean
  /** Where it is, if it is not kept here. */
  readonly url: string | null
  /** The public id of the version in force, and its number. */
  readonly version: string
  readonly number: number
}

/** The documents that are switched on, in order. */
export async function presentDocuments(
  client?: TransactionClientContract
): Promise<PresentDocument[]> {
  const documents = await Document.inOrder(client).where('enabled', true)
  return documents.map(({ key, title, titleEn, required, present }) => ({
    key,
    title,
    titleEn,
    required,
    url: present.url,
    version: present.publicId,
    number: present.number,
  }))
}

/** What most sites have, by their keys, and what it is usually called. */
export const USUAL_DOCUMENTS: Record<string, { title: string; titleEn: string }> = {
  terms: { title: '이용약관', titleEn: 'Terms of service' },
  privacy: { title: '개인정보 처리방침', titleEn: 'Privacy policy' },
  marketing: { title: '마케팅 정보 수신', titleEn: 'Marketing messages' },
}
