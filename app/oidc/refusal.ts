import logger from '@adonisjs/core/services/logger'

interface Refusal {
  /** Which endpoint refused: `grant.error`. */
  event: string
  /** In the protocol's words. */
  error: string
  /** The site, if it is known. */
  client?: string
}

/** One line for each request of a site that is refused; without what was sent, which may be a secret. */
export function noteRefusal({ event, client, error }: Refusal) {
  logger.warn({ event, client, error }, 'a site was refused')
}
