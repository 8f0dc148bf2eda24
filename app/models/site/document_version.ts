import { beforeCreate } from '@adonisjs/lucid/orm'
import { DocumentVersionSchema } from '#database/schema'
import { changesBetween, type Changes } from '#audit/changes'
import { newPublicId } from '#crypto/public_id'

/** What a version says: either a link or a text. */
export type DocumentContents = Pick<DocumentVersion, 'url' | 'text'>

/**
 * What the audit says of new contents: the address, but of a text only that it changed.
 * The text itself is in its version, for good.
 */
export function contentsChanged(before: DocumentContents | null, after: DocumentContents): Changes {
  return {
    ...changesBetween({ url: before?.url }, { url: after.url }),
    ...((before?.text ?? null) !== after.text && { text: 'changed' as const }),
  }
}

/** What a document said from one moment on. It never changes. */
export default class DocumentVersion extends DocumentVersionSchema {
  @beforeCreate()
  static givePublicId(version: DocumentVersion) {
    version.publicId ??= newPublicId()
  }

  /** Whether it says the same. */
  says({ url, text }: DocumentContents): boolean {
    return this.url === url && this.text === text
  }
}
