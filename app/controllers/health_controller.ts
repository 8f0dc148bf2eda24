import type { HttpContext } from '@adonisjs/core/http'
import db from '@adonisjs/lucid/services/db'

export default class HealthController {
  /** `/health/live`: the process answers. */
  index({ response }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    return { status: 'ok' }
  }

  /** `/health/ready`: it can also reach its database; 503 if not. */
  async show({ response, logger }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    try {
      await db.rawQuery('select 1')
      return { status: 'ok', database: 'ok' }
    } catch (error) {
      logger.error({ err: error }, 'the database does not answer')
      return response.status(503).send({ status: 'error', database: 'unreachable' })
    }
  }
}
