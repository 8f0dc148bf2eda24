import { defineConfig, stores } from '@adonisjs/limiter'

/*
 * Where `app/limits` counts, unless it counts in rows (`app/limits/rows.ts`). Memory counts
 * for one process only; the others fall back to it while they do not answer.
 */
const limiterConfig = defineConfig({
  default: 'memory',
  stores: {
    redis: stores.redis({ connectionName: 'main', keyPrefix: 'limit' }),
    memory: stores.memory({}),
  },
})

export default limiterConfig

declare module '@adonisjs/limiter/types' {
  export interface LimitersList extends InferLimiters<typeof limiterConfig> {}
}
