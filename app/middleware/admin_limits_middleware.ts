import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { count } from '#limits/count'

/*
 * By the pattern of the route, so that a new page of this kind is limited from the
 * start. A page that waits for a trial asks every few seconds.
 */
const KEY_PAGE = /^(?!.*trial).*(credential|key)/

/**
 * Behind `admin`: what an administrator's browser asks for, in somebody else's
 * hands too. Looking around is free for the most part, keys are not.
 */
export default class AdminLimitsMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request, route } = ctx
    const isChange = !['GET', 'HEAD'].includes(request.method())
    await count(ctx, isChange ? 'admin_changes' : 'admin_reading')
    if (KEY_PAGE.test(route?.pattern ?? '')) await count(ctx, 'admin_keys')
    return next()
  }
}
