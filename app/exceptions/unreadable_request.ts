import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'

/**
 * What was sent cannot be read. It is the client's fault, and nothing an operator needs
 * to know.
 */
export class UnreadableRequest extends Exception {
  static code = 'E_UNREADABLE_REQUEST'

  report({ status, cause }: this, { logger }: HttpContext) {
    const { code, type } = cause as { code?: unknown; type?: unknown }
    logger.info({ status, reason: code ?? type }, 'a request could not be read')
  }
}
