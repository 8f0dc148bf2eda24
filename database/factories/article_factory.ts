import factory from '@adonisjs/lucid/factories'
import Article from '#models/article'
import { ARTICLES } from '#database/factories/sample'

/** An article on the board; without an author unless `userId` is given. */
export const ArticleFactory = factory
  .define(Article, ({ faker }) => {
    const [title, body] = faker.helpers.arrayElement(ARTICLES)
    return { title, body }
  })
  .build()
