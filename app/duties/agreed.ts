import type { PresentDocument } from '#site/documents'
import type { PresentSite } from '#site/present'

/** What somebody is asked: documents to agree to, and whether they are 14 or older. */
export interface Asked {
  documents: readonly PresentDocument[]
  age: boolean
}

/** What somebody agreed to, as long as there is no member to note it for. */
export interface Agreed {
  /** Public ids of versions of documents. */
  versions: string[]
  /** They said that they are 14 or older. */
  ofAge: boolean
  /** When, as ISO 8601. */
  at: string
}

/** What newcomers are asked, required or not. */
export function askedOfNewcomers({ documents, ageQuestion }: PresentSite): Asked {
  return { documents, age: ageQuestion }
}

/** Whether nothing that is required is missing. */
export function isMet({ documents, age }: Asked, agreed: Agreed | null): boolean {
  const required = documents.filter((document) => document.required)
  if (!age && required.length === 0) return true
  if (agreed === null || (age && !agreed.ofAge)) return false
  return required.every(({ version }) => agreed.versions.includes(version))
}
