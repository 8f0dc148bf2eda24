import limiter from '@adonisjs/limiter/services/main'
import db from '@adonisjs/lucid/services/db'
import redis from '@adonisjs/redis/services/main'
import env from '#start/env'
import type { CountedLimit } from '#limits/limits'

/** The keys under which something is counted at this moment, in the store of this run. */
export async function countedKeys(name?: CountedLimit): Promise<string[]> {
  const beginning = name ? `${name}:` : ''
  if (env.get('LIMITER_STORE') === 'redis') {
    /* Neither a pattern nor what it finds goes through the prefix of the connection. */
    const prefix = `${redis.connection('main').ioConnection.options.keyPrefix}limit:`
    const keys = await redis.keys(`${prefix}${beginning}*`)
    return keys.map((key) => key.slice(prefix.length))
  }
  const rows = await db.from('rate_limits').whereLike('key', `${beginning}%`).select('key')
  return rows.map(({ key }) => key)
}

/** Lets the time of a limit run out, or of all limits: counting starts anew. */
export async function letLimitsPass(name?: CountedLimit) {
  await limiter.clear(['memory'])
  const keys = await countedKeys(name)
  if (keys.length === 0) return
  if (env.get('LIMITER_STORE') === 'redis') await redis.del(...keys.map((key) => `limit:${key}`))
  else await db.from('rate_limits').whereIn('key', keys).delete()
}

/**
 * For a test that sends more than a person would, or that counts to fewer: as
 * RATE_LIMIT_SCALE does for a server.
 *
 * @returns what sets it back
 */
export function multiplyLimits(scale: number) {
  const usual = env.get('RATE_LIMIT_SCALE')
  env.set('RATE_LIMIT_SCALE', scale)
  return () => env.set('RATE_LIMIT_SCALE', usual)
}
