import Agreement from '#models/site/agreement'
import Document from '#models/site/document'
import type DocumentVersion from '#models/site/document_version'

/** A document as a member sees it. */
export interface DocumentOfMember {
  document: Document
  /** What they have agreed to and not taken back, whatever its version. */
  agreement: Agreement | null
  /** They agreed to another version than the one in force. */
  isFormer: boolean
}

/** One line of what a member agreed to, ever. */
export interface AgreementLine {
  document: Document
  version: DocumentVersion
  agreement: Agreement
}

/** The documents in force with what a member has agreed to, and all of that over time. */
export async function agreementsOfMember(
  userId: number
): Promise<{ documents: DocumentOfMember[]; lines: AgreementLine[] }> {
  const agreements = await Agreement.of(userId)
  const documents = await Document.inOrder()
  const lines = agreements.map((agreement) => {
    const { version } = agreement
    return { agreement, version, document: documents.find(({ id }) => id === version.documentId)! }
  })
  return {
    lines,
    documents: documents
      .filter(({ enabled }) => enabled)
      .map((document) => {
        const line = lines.find(
          (one) => one.document === document && one.agreement.withdrawnAt === null
        )
        const agreement = line?.agreement ?? null
        return {
          document,
          agreement,
          isFormer: line !== undefined && line.version.id !== document.present.id,
        }
      }),
  }
}
