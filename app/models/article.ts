import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ArticleSchema } from '#database/schema'
import User from '#models/user'
import { newPublicId } from '#models/public_id'

/** A piece of writing on the members' board. */
export default class Article extends ArticleSchema {
  /** `null` once its author has left. */
  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @beforeCreate()
  static givePublicId(article: Article) {
    article.publicId ??= newPublicId()
  }
}
