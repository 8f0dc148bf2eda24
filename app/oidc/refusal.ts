import logger from '@adonisjs/core/services/logger'

interface Refusal {
  /** The endpoint's event, such as `grant.error`. */
  event: string
  /** The error in the protocol's own terms. */
  error: string
  /** The site's client id, if it is known. */
  client?: string
}

/** Logs one line per refused request of a site, without its content, which may be secret. */
export function noteRefusal({ event, client, error }: Refusal) {
  logger.warn({ event, client, error }, 'a site was refused')
}
