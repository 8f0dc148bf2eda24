import logger from '@adonisjs/core/services/logger'
import { errors } from '@adonisjs/limiter'
import limiter from '@adonisjs/limiter/services/main'
import { retryOnConflict } from '#database/transaction'
import { loggable } from '#exceptions/storage_failure'
import env from '#start/env'

/** How many of what may be spent in which time. */
interface Quota {
  key: string
  most: number
  /** In seconds. */
  within: number
}

/** In seconds until there is room again; `null`: there was room. */
type Wait = number | null

/* How long the store is left alone when it fails, in milliseconds. */
const PAUSE = 5_000

/* When the store may be asked again, in milliseconds since 1970; 0 while it answers. */
let awayUntil = 0

/**
 * Spends one of a quota. Counts in the store that all processes share. While it does not answer, each
 * process counts by itself: nobody is kept out, and guessing is still slow. How long
 * it may take to answer is for config/database.ts and config/redis.ts to say.
 */
export async function spend(quota: Quota): Promise<Wait> {
  if (Date.now() < awayUntil) return spendFrom('memory', quota)
  /* One finds out whether it is back; the others do not wait for that. */
  if (awayUntil > 0) awayUntil = Date.now() + PAUSE

  const store = env.get('LIMITER_STORE')
  try {
    const result = await retryOnConflict(() => spendFrom(store, quota))
    awayUntil = 0
    return result
  } catch (error) {
    awayUntil = Date.now() + PAUSE
    logger.error({ ...loggable(error), store }, 'limits are counted by each process alone')
    return spendFrom('memory', quota)
  }
}

async function spendFrom(
  store: 'database' | 'redis' | 'memory',
  { key, most, within }: Quota
): Promise<Wait> {
  const limit = limiter.use(store, { requests: most, duration: within })
  /* Whoever is over the limit already costs a look, not a write. */
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
