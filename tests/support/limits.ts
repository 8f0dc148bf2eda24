import limiter from '@adonisjs/limiter/services/main'
import db from '@adonisjs/lucid/services/db'
import redis from '@adonisjs/redis/services/main'
import env from '#start/env'
import type { CountedLimit } from '#limits/limits'

/** The keys under which something is currently counted, in this run's store. */
export async function countedKeys(name?: CountedLimit): Promise<string[]> {
  const beginning = name ? `${name}:` : ''
  if (env.get('LIMITER_STORE') === 'redis') {
    /* The connection's prefix is not applied to patterns, nor removed from what they find. */
    const prefix = `${redis.connection('main').ioConnection.options.keyPrefix}limit:`
    const keys = await redis.keys(`${prefix}${beginning}*`)
    return keys.map((key) => key.slice(prefix.length))
  }
  const rows = await db.from('rate_limits').where('key', 'like', `${beginning}%`).select('key')
  return rows.map(({ key }) => key)
}

/** Lets a limit, or every limit, expire: counting starts over. */
export async function letLimitsPass(name?: CountedLimit) {
  await limiter.clear(['memory'])
  const keys = await countedKeys(name)
  if (keys.length === 0) return
  if (env.get('LIMITER_STORE') === 'redis') await redis.del(...keys.map((key) => `limit:${key}`))
  else await db.from('rate_limits').whereIn('key', keys).delete()
}

/**
 * For a test that sends more than a person would, or that needs a lower limit: does what
 * RATE_LIMIT_SCALE does for a server.
 *
 * @returns a function that restores the limits
 */
export function multiplyLimits(scale: number) {
  const usual = env.get('RATE_LIMIT_SCALE')
  env.set('RATE_LIMIT_SCALE', scale)
  return () => env.set('RATE_LIMIT_SCALE', usual)
}
