import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'

/** Nothing was done, and the same request may well succeed later. */
export abstract class ComeBackLater extends Exception {
  /** The error page to show. */
  abstract readonly page: string

  /** @param retryAfter in seconds */
  constructor(
    message: string,
    readonly retryAfter: number
  ) {
    super(message)
  }
}

/** A limit has been reached. */
export class TooManyRequests extends ComeBackLater {
  static status = 429
  static code = 'E_TOO_MANY_REQUESTS'
  readonly page = 'pages/errors/too_many'

  constructor(
    readonly limit: string,
    retryAfter: number
  ) {
    super('Too many requests', Math.max(1, retryAfter))
  }

  report({ limit }: this, { logger }: HttpContext) {
    logger.info({ limit }, 'a limit is reached')
  }
}

/** More work is under way than this machine can handle. */
export class TooBusy extends ComeBackLater {
  static status = 503
  static code = 'E_TOO_BUSY'
  readonly page = 'pages/errors/busy'

  constructor(retryAfter: number) {
    super('Too busy', retryAfter)
  }

  report(_error: this, { logger }: HttpContext) {
    logger.warn('too many passwords are being checked at once')
  }
}
