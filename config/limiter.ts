import env from '#start/env'
import { defineConfig, stores } from '@adonisjs/limiter'

/*
 * Where `app/limits` counts. Memory counts for one process only; the other stores fall
 * back to it while they do not answer.
 */
const limiterConfig = defineConfig({
  default: env.get('LIMITER_STORE'),
  stores: {
    database: stores.database({
      tableName: 'rate_limits',
      keyPrefix: '',
      /*
       * The library's own cleanup crashes the process when the database is away; `Prune`
       * does it instead.
       */
      clearExpiredByTimeout: false,
    }),
    redis: stores.redis({ connectionName: 'main', keyPrefix: 'limit' }),
    memory: stores.memory({}),
  },
})

export default limiterConfig

declare module '@adonisjs/limiter/types' {
  export interface LimitersList extends InferLimiters<typeof limiterConfig> {}
}
