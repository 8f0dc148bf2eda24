import { inject } from '@adonisjs/core'
import BodyParser from '@adonisjs/core/bodyparser_middleware'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { UnreadableRequest } from '#exceptions/unreadable_request'

/**
 * Reads forms. Any failure means that the client sent something unreadable: junk labelled
 * gzip, less than it promised, more than is accepted. The parser blames the client for
 * only a few of these, and would make the others our fault.
 */
@inject()
export default class BodyParserMiddleware {
  constructor(private parser: BodyParser) {}

  async handle(ctx: HttpContext, next: NextFn) {
    let isRead = false
    try {
      return await this.parser.handle(ctx, () => {
        isRead = true
        return next()
      })
    } catch (error) {
      if (isRead) throw error
      throw new UnreadableRequest('The request cannot be read', {
        status: statusOf(error),
        cause: error,
      })
    }
  }
}

function statusOf(error: unknown): number {
  const { status } = error as { status?: unknown }
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 400
}
