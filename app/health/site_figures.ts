import db from '@adonisjs/lucid/services/db'
import { Endings, type Ending } from '#health/endings'
import type Client from '#models/oidc/client'
import type { SiteFailure } from '#models/oidc/client_failure'
import { now, sqlTime } from '#time/clock'

/* What a sign-in leaves is pruned a day after it has expired. */
const PERIOD = { hours: 24 }

/* Requests that are refused before anything is stored for them. */
const REFUSED_AT_ONCE: SiteFailure[] = [
  'client_id',
  'redirect_uri',
  'pkce_missing',
  'pkce_plain',
  'response_type',
  'scope',
]

/* As often within an hour does nobody sign in at one site, unless it does not let them in. */
const LOOPING = 5

export interface SiteFigures {
  tally: Endings
  /** Why requests were refused, the most frequent reason first. */
  reasons: { reason: SiteFailure; times: number }[]
  /** Somebody signs in there again and again: the site accepts nothing that it gets. */
  isLooping: boolean
}

/**
 * How the sign-ins at a site turned out in the last 24 hours, from what they leave here:
 * requests that wait, codes, and refused requests. A code that the site has not redeemed
 * in its minute has failed. What members have taken back or ended since is not counted.
 */
export async function figuresOfSite({ id, clientId }: Client): Promise<SiteFigures> {
  const since = sqlTime(now().minus(PERIOD))
  const time = sqlTime(now())
  const left: { model: string; is_used: number; is_open: number; times: number }[] = await db
    .from('oidc_payloads')
    .where('client_id', clientId)
    .whereIn('model', ['Interaction', 'AuthorizationCode'])
    .where('created_at', '>', since)
    .select(
      'model',
      db.raw('case when consumed_at is null then 0 else 1 end as is_used'),
      db.raw('case when expires_at > ? then 1 else 0 end as is_open', [time])
    )
    .groupBy('model', 'is_used', 'is_open')
    .count({ times: '*' })
  const refused: { reason: SiteFailure; times: number }[] = await db
    .from('client_failures')
    .where('client_id', id)
    .where('occurred_at', '>', since)
    .groupBy('reason')
    .select('reason')
    .count({ times: '*' })

  const tally = new Endings()
  for (const row of left) tally.count(endingOf(row), Number(row.times))
  const reasons = refused.map(({ reason, times }) => ({ reason, times: Number(times) }))
  for (const { reason, times } of reasons) {
    if (reason === 'cancelled') tally.count('cancelled', times)
    if (REFUSED_AT_ONCE.includes(reason)) tally.count('failed', times)
  }
  return {
    tally,
    reasons: reasons
      .filter(({ reason }) => reason !== 'cancelled')
      .toSorted((a, b) => b.times - a.times || a.reason.localeCompare(b.reason)),
    isLooping: await isLooping(clientId),
  }
}

function endingOf(row: { model: string; is_used: number; is_open: number }): Ending {
  if (row.is_used) return 'finished'
  if (row.is_open) return 'under_way'
  return row.model === 'AuthorizationCode' ? 'failed' : 'given_up'
}

async function isLooping(clientId: string): Promise<boolean> {
  const [looping] = await db
    .from('oidc_payloads')
    .where({ client_id: clientId, model: 'AuthorizationCode' })
    .whereNotNull('consumed_at')
    .where('created_at', '>', sqlTime(now().minus({ hours: 1 })))
    .groupBy('user_id')
    .havingRaw('count(*) >= ?', [LOOPING])
    .select('user_id')
    .limit(1)
  return looping !== undefined
}
