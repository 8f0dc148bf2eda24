import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ArticleSchema } from '#database/schema'
import User from '#models/user'
import { newPublicId } from '#crypto/public_id'

/** A post on the members' board. */
export default class Article extends ArticleSchema {
  /* In characters. The database's text column holds 64 KiB, enough for 20,000 of Hangul. */
  static readonly LONGEST_TITLE = 200
  static readonly LONGEST_BODY = 20_000
  static readonly PER_PAGE = 20

  /** `null` once the author has left. */
  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @beforeCreate()
  static givePublicId(article: Article) {
    article.publicId ??= newPublicId()
  }

  /** One page of the board, newest first, with authors and without bodies. */
  static newestFirst(page: number) {
    return Article.query()
      .select('id', 'publicId', 'userId', 'title', 'createdAt')
      .preload('user')
      .orderBy('id', 'desc')
      .paginate(page, Article.PER_PAGE)
  }

  isWrittenBy(user: User | undefined) {
    return user !== undefined && this.userId === user.id
  }

  /** Changes within the first minute are not worth a note. */
  get wasEdited() {
    return this.updatedAt.diff(this.createdAt).as('minutes') >= 1
  }
}
