import type { ApplicationService } from '@adonisjs/core/types'
import { StartRefused } from '#start/failures'

/** What a server checks before it listens. */
export default class StartChecksProvider {
  constructor(protected app: ApplicationService) {}

  /** @throws StartRefused when the database does not answer, or is older than this code */
  async start() {
    /* `node ace codegen` starts the application only to read its routes. */
    if (this.app.getMode() === 'warmup') return

    /*
     * The framework listens on process.env.HOST, or on every interface where that is not
     * set: it does not know our default.
     */
    const { default: env } = await import('#start/env')
    process.env.HOST = env.get('HOST')

    await this.#insistOnMigrations()
    await this.#checkSecretsKey()
    await this.#warnOfLooseLimits()
  }

  async #insistOnMigrations() {
    const { countPendingMigrations } = await import('#database/pending_migrations')
    const pending = await countPendingMigrations().catch((error) => {
      /* The driver's code; Node's AggregateError has no message. */
      if (!error.code) throw error
      const reason = [error.code, error.sqlMessage ?? error.message].filter(Boolean).join(', ')
      throw new StartRefused(`The database cannot be used: ${reason}`)
    })
    if (pending === 0) return

    const count = pending === 1 ? '1 migration' : `${pending} migrations`
    throw new StartRefused(
      `The database is older than this version (${count} pending): run "node ace.js migration:run --force", then start again`
    )
  }

  async #warnOfLooseLimits() {
    const { default: env } = await import('#start/env')
    const logger = await this.app.container.make('logger')
    const scale = env.get('RATE_LIMIT_SCALE')
    if (scale !== 1) logger.warn(`RATE_LIMIT_SCALE multiplies every limit by ${scale}`)
    if (env.get('LIMITER_STORE') === 'memory') {
      logger.warn('LIMITER_STORE is memory: each process counts for itself, and anew after a start')
    }
  }

  async #checkSecretsKey() {
    const { rememberSecretsKey, secretsKeyOpens } = await import('#models/key_check')
    await rememberSecretsKey()
    if (await secretsKeyOpens()) return

    const logger = await this.app.container.make('logger')
    logger.error(
      'SECRETS_KEY does not open what this database has stored, so sign-in with providers will fail: ' +
        'put the former key back, or add it to SECRETS_KEY_PREVIOUS'
    )
  }
}
