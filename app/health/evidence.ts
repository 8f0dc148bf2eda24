import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { FEWEST_TRIPS, TELLING_FAILURES, verdictOf, type Evidence } from '#health/trouble'
import { now, sqlTime } from '#time/clock'
import type Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'

const RECENT = { minutes: 15 }
const LATEST = { hours: 3 }
const SILENCE = { minutes: 30 }

/** What judging a provider takes; its active credential must be loaded. */
type Judged = Pick<Provider, 'id' | 'judgedFrom'> & {
  activeCredential: { activatedAt: DateTime | null } | null
}

/**
 * Gathers what a provider's last trips say about it. Those from before its present
 * credential, or from before it was offered again, no longer count; nor do those of the
 * same second, as times here have no fractions.
 */
export async function evidenceOf(provider: Judged, at: DateTime = now()): Promise<Evidence> {
  const earliest = [provider.judgedFrom, provider.activeCredential?.activatedAt].filter(
    DateTime.isDateTime
  )
  const since = (time: DateTime) => sqlTime(DateTime.max(time, ...earliest))
  const trips = () =>
    db.from('sign_in_attempts').where('provider_id', provider.id).whereNot('intent', 'trial')

  const rows: {
    outcome: string | null
    failure: string | null
    came_back: number
    is_recent: number
    is_over: number
    trips: number
  }[] = await trips()
    .where('started_at', '>', since(at.minus(SILENCE)))
    .select(
      'outcome',
      'failure',
      db.raw(
        'claimed_at is not null as came_back, started_at >= ? as is_recent, started_at <= ? as is_over',
        [sqlTime(at.minus(RECENT)), sqlTime(at.minus(SignInAttempt.LIFETIME))]
      )
    )
    .groupByRaw('1, 2, 3, 4, 5')
    .count('* as trips')

  const evidence: Evidence = {
    recent: { well: 0, failures: {} },
    latest: [],
    silence: { over: 0, cameBack: 0 },
  }
  let told = 0
  for (const row of rows) {
    const count = Number(row.trips)
    if (Number(row.came_back)) evidence.silence.cameBack += count
    if (Number(row.is_over)) evidence.silence.over += count

    const verdict = verdictOf(row)
    if (verdict === null || !Number(row.is_recent)) continue
    told += count
    if (verdict === 'well') evidence.recent.well += count
    else {
      const { failures } = evidence.recent
      failures[verdict] = (failures[verdict] ?? 0) + count
    }
  }

  /* With many visitors, the last minutes say enough. */
  if (told < FEWEST_TRIPS) {
    const latest: { outcome: string; failure: string | null }[] = await trips()
      .where('started_at', '>', since(at.minus(LATEST)))
      .whereNotNull('outcome')
      .where((query) =>
        query.whereNot('outcome', 'failed').orWhereIn('failure', [...TELLING_FAILURES])
      )
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(FEWEST_TRIPS)
      .select('outcome', 'failure')
    evidence.latest = latest.map((trip) => verdictOf(trip)!)
  }
  return evidence
}
