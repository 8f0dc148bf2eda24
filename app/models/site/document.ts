import { createHash } from 'node:crypto'
import { beforeCreate, hasMany } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import { DocumentSchema } from '#database/schema'
import { packVersion } from '#database/version'
import type { AuditSubject } from '#audit/actions'
import { newPublicId } from '#crypto/public_id'
import DocumentVersion, { type DocumentContents } from '#models/site/document_version'

/** What administrators decide about a document. */
export type DocumentSettings = Pick<Document, 'title' | 'titleEn' | 'required' | 'enabled'>

/** Terms, a privacy policy, or anything else that members read or agree to. */
export default class Document extends DocumentSchema {
  static readonly MOST = 20

  @hasMany(() => DocumentVersion)
  declare versions: HasMany<typeof DocumentVersion>

  @beforeCreate()
  static givePublicId(document: Document) {
    document.publicId ??= newPublicId()
  }

  /** All of them in the order administrators chose, each with its versions, the newest first. */
  static inOrder(client?: TransactionClientContract) {
    return Document.query({ client })
      .preload('versions', (versions) => versions.orderBy('number', 'desc'))
      .orderBy('position')
      .orderBy('id')
  }

  /**
   * What every member must have agreed to, in a short text that changes with it; `null` for
   * nothing.
   */
  static async duties(ageQuestion: boolean, client?: TransactionClientContract) {
    const required = await Document.inOrder(client).where({ enabled: true, required: true })
    if (required.length === 0 && !ageQuestion) return null
    const versions = required.map(({ present }) => present.publicId).sort()
    return createHash('sha256')
      .update(JSON.stringify([versions, ageQuestion]))
      .digest('base64url')
      .slice(0, 22)
  }

  get settings(): DocumentSettings {
    const { title, titleEn, required, enabled } = this
    return { title, titleEn, required, enabled }
  }

  /** The version of its settings, for a form to carry (`isStale`). */
  get settingsVersion(): string {
    return packVersion(this.settings)
  }

  /** The version in force. The versions must be loaded, the newest first. */
  get present(): DocumentVersion {
    return this.versions[0]
  }

  /** Adds the version that is in force from now on. The versions must be loaded. */
  async publishVersion(contents: DocumentContents, client: TransactionClientContract) {
    const number = (this.versions.at(0)?.number ?? 0) + 1
    const version = await DocumentVersion.create(
      { documentId: this.id, number, ...contents },
      { client }
    )
    this.versions.unshift(version)
    return version
  }

  /** How the audit names it. */
  get asAuditSubject(): AuditSubject {
    return { type: 'document', id: this.publicId, label: this.title }
  }
}
