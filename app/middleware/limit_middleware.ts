import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { count } from '#limits/count'
import type { CountedLimit } from '#limits/limits'

/** Counts the request towards a limit of `app/limits/limits.ts`, and refuses it beyond that. */
export default class LimitMiddleware {
  async handle(ctx: HttpContext, next: NextFn, name: CountedLimit) {
    await count(ctx, name)
    return next()
  }
}
