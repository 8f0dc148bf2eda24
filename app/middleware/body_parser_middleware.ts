import { inject } from '@adonisjs/core'
import BodyParser from '@adonisjs/core/bodyparser_middleware'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { UnreadableRequest } from '#exceptions/unreadable_request'

/**
 * Reads forms. Where that fails, whatever it is, the client sent something that
 * cannot be read: junk under the name of gzip, less than it promised, more than is
 * taken. Of these the parser knows a few for the client's fault, and would have the
 * others be ours.
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
