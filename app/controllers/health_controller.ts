import type { HttpContext } from '@adonisjs/core/http'
import redis from '@adonisjs/redis/services/main'
import db from '@adonisjs/lucid/services/db'
import { loggable } from '#exceptions/storage_failure'
import env from '#start/env'

const usesRedis = env.get('SESSION_DRIVER') === 'redis'

export default class HealthController {
  /** `/health/live`: the process answers. */
  index({ response }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    return { status: 'ok' }
  }

  /** `/health/ready`: it can also reach its stores; 503 if not. */
  async show({ response, logger }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    const checks = {
      database: () => db.rawQuery('select 1'),
      ...(usesRedis && { redis: () => redis.ping() }),
    }

    const states: Record<string, 'ok' | 'unreachable'> = {}
    for (const [name, ask] of Object.entries(checks)) {
      try {
        await ask()
        states[name] = 'ok'
      } catch (error) {
        logger.error(loggable(error), `${name} does not answer`)
        states[name] = 'unreachable'
      }
    }
    const ok = Object.values(states).every((state) => state === 'ok')
    return response.status(ok ? 200 : 503).send({ status: ok ? 'ok' : 'error', ...states })
  }
}
