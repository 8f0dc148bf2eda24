import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/**
 * Before Shield: the token of a form counts in the form or a header alone. In an
 * address it would stand in logs and histories, and could be sent along by a link.
 */
export default class FormTokenMiddleware {
  handle({ request }: HttpContext, next: NextFn) {
    const { _csrf: inAddress, ...query } = request.qs()
    if (inAddress !== undefined) request.updateQs(query)
    return next()
  }
}
