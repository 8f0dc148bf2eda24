import vine from '@vinejs/vine'
import Article from '#models/article'
import { line, text } from '#validators/text'

export const articleValidator = vine.create({
  title: line(Article.LONGEST_TITLE),
  body: text(Article.LONGEST_BODY),
})
