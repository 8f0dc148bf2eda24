import { createHmac } from 'node:crypto'
import type { DateTime } from 'luxon'

/**
 * The headers by which a site knows who sent a webhook, when, and that it is the same one
 * as before (Standard Webhooks 1.0, standardwebhooks.com).
 *
 * @param id the same at each try
 * @param at this try; sites refuse what is more than five minutes old
 * @param secrets `whsec_` and base64; each signs, so that a site may know any of them
 */
export function webhookHeaders(
  id: string,
  at: DateTime,
  body: string,
  secrets: string[]
): Record<string, string> {
  const timestamp = String(at.toUnixInteger())
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
