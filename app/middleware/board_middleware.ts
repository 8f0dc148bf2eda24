import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { siteFor } from '#site/present'

/** Before the members' board: where it is switched off, its pages do not exist. */
export default class BoardMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { board } = await siteFor(ctx)
    if (board) return next()
    throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
  }
}
