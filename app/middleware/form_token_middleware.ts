import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/**
 * Before Shield: a form's token counts only in the form or a header. In an address it
 * would end up in logs and histories, and a link could carry it.
 */
export default class FormTokenMiddleware {
  handle({ request }: HttpContext, next: NextFn) {
    const { _csrf: inAddress, ...query } = request.qs()
    if (inAddress !== undefined) request.updateQs(query)
    return next()
  }
}
