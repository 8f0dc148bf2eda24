import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { count } from '#limits/count'

/*
 * By route pattern, so that a new page of this kind is limited from the start. A page
 * that waits for a trial polls every few seconds.
 */
const KEY_PAGE = /^(?!.*trial).*(credential|key|transfer)/

/**
 * Behind `admin`: limits what an administrator's browser asks for, in case it is in
 * somebody else's hands. Looking around is mostly free, keys are not.
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
