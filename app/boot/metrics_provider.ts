import type { ApplicationService } from '@adonisjs/core/types'

/** Counts from the start on, not from the first look at `/metrics`. */
export default class MetricsProvider {
  constructor(protected app: ApplicationService) {}

  async start() {
    await import('#metrics/all')
  }
}
