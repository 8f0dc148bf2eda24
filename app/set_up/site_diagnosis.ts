import type { DateTime } from 'luxon'
import type { I18n } from '@adonisjs/i18n'
import { appUrl } from '#config/app'
import type Client from '#models/oidc/client'
import type ClientFailure from '#models/oidc/client_failure'
import { now, SITE_ZONE } from '#time/clock'

/** What an administrator is told about refused requests of a site that are alike. */
export interface SiteDiagnosis {
  /** The words are below it in `site_diagnoses.json`, with `what`, `why` and `todo`. */
  key: string
  values: Record<string, string>
  /** How often, and when last; `null` for what is not a refused request. */
  seen: { times: number; lastAt: DateTime } | null
}

/**
 * Explains the refused requests of a site, those that are alike as one.
 *
 * @param failures the newest first
 * @param client with its secrets
 */
export function diagnosesOf(
  client: Client,
  failures: ClientFailure[],
  i18n: I18n
): SiteDiagnosis[] {
  const alike = Map.groupBy(failures, ({ reason, details }) => JSON.stringify([reason, details]))
  return [...alike.values()].map((same) => ({
    key: same[0].reason,
    values: valuesOf(client, same[0], i18n),
    seen: { times: same.length, lastAt: same[0].occurredAt },
  }))
}

/** A site at which somebody signs in again and again, because it refuses what it gets. */
export function loopDiagnosis(i18n: I18n): SiteDiagnosis {
  const time = i18n.formatDate(now(), {
    dateStyle: 'medium',
    timeStyle: 'long',
    timeZone: SITE_ZONE,
  })
  return { key: 'clock', values: { time, issuer: appUrl }, seen: null }
}

function valuesOf(client: Client, { reason, details }: ClientFailure, i18n: I18n) {
  const none = i18n.t('site_diagnoses.none')
  const registered =
    reason === 'post_logout_redirect_uri' ? client.postLogoutRedirectUris : client.redirectUris
  const tails = client.secrets.filter(({ status }) => status === 'active')
  return {
    clientId: client.clientId,
    issuer: appUrl,
    came: details.came || none,
    registered: registered.join(', ') || none,
    nearest: details.nearest ?? none,
    differences:
      details.differences?.map((one) => i18n.t(`site_diagnoses.differences.${one}`)).join(', ') ||
      none,
    scopes: client.scopes.join(' '),
    tail: details.tail ? `…${details.tail}` : none,
    inUse: tails.map(({ secretTail }) => `…${secretTail}`).join(', ') || none,
    error: details.error || none,
  }
}
