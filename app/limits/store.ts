import logger from '@adonisjs/core/services/logger'
import { errors } from '@adonisjs/limiter'
import limiter from '@adonisjs/limiter/services/main'
import { retryOnConflict } from '#database/transaction'
import { loggable } from '#exceptions/storage_failure'
import { spendFromRows } from '#limits/rows'
import env from '#start/env'

/** How many of something may be spent in how much time. */
export interface Quota {
  key: string
  most: number
  /** In seconds. */
  within: number
}

/** Seconds until there is room again; `null` if there was room. */
export type Wait = number | null

/* How long the store is left alone after it fails, in milliseconds. */
const PAUSE = 5_000

/* When the store may be asked again, in milliseconds since 1970; 0 while it answers. */
let awayUntil = 0

/**
 * Spends one of a quota. Counts in the store that all processes share. While that does
 * not answer, each process counts on its own: nobody is locked out, and guessing is still
 * slow. How long it may take to answer is set in config/database.ts and config/redis.ts.
 */
export async function spend(quota: Quota): Promise<Wait> {
  if (Date.now() < awayUntil) return spendFrom('memory', quota)
  /* One request finds out whether it is back; the others do not wait for that. */
  if (awayUntil > 0) awayUntil = Date.now() + PAUSE

  const store = env.get('LIMITER_STORE')
  try {
    const result =
      store === 'database'
        ? await retryOnConflict(() => spendFromRows(quota))
        : await spendFrom(store, quota)
    awayUntil = 0
    return result
  } catch (error) {
    awayUntil = Date.now() + PAUSE
    logger.error({ ...loggable(error), store }, 'limits are counted by each process alone')
    return spendFrom('memory', quota)
  }
}

async function spendFrom(store: 'redis' | 'memory', { key, most, within }: Quota): Promise<Wait> {
  const limit = limiter.use(store, { requests: most, duration: within })
  /* Someone already over the limit costs a read, not a write. */
  const so = await limit.get(key)
  if (so && so.remaining === 0) return so.availableIn
  try {
    await limit.consume(key)
    return null
  } catch (error) {
    if (error instanceof errors.E_TOO_MANY_REQUESTS) return error.response.availableIn
    throw error
  }
}
