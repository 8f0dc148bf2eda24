import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { AgreementSchema } from '#database/schema'
import { newPublicId } from '#crypto/public_id'
import DocumentVersion from '#models/site/document_version'

/** That a member agreed to one version of a document; it stays when they take that back. */
export default class Agreement extends AgreementSchema {
  @belongsTo(() => DocumentVersion, { foreignKey: 'versionId' })
  declare version: BelongsTo<typeof DocumentVersion>

  @beforeCreate()
  static givePublicId(agreement: Agreement) {
    agreement.publicId ??= newPublicId()
  }

  /** What a member has agreed to, ever, the newest first, with the versions. */
  static of(userId: number, client?: TransactionClientContract) {
    return Agreement.query({ client }).where({ userId }).preload('version').orderBy('id', 'desc')
  }
}
