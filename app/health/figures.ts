import db from '@adonisjs/lucid/services/db'
import type { DateTime } from 'luxon'
import { Tally, type TripGroup } from '#health/endings'
import { periodUntil, type Period, type PeriodName } from '#health/period'
import { now, sqlTime } from '#time/clock'
import PendingIdentity from '#models/pending_identity'
import SignInAttempt from '#models/sign_in_attempt'

/** How a provider's trips of a period ended. */
export interface Figures {
  period: Period
  total: Tally
  /** One for each bucket of the period, in order. */
  buckets: Tally[]
  /** By credential; `null` for those whose credential was deleted. */
  credentials: Map<number | null, Tally>
}

/** A group, as the database counts it. */
interface Row {
  outcome: string | null
  failure: string | null
  came_back: number
  age: number
  trips: number
}

const AGES = ['open', 'closed', 'settled'] as const

/*
 * What makes trips alike. In both databases a comparison yields 0 or 1. An attempt
 * expires a fixed time after its start, so the start alone, which is in the index,
 * tells whether it is over.
 */
const ALIKE = `outcome, failure, claimed_at is not null as came_back,
  (started_at <= ?) + (started_at <= ?) as age`

/**
 * Counts a provider's trips in the database, by bucket of the period and by credential.
 * Trials are not visitors' trips and are left out.
 */
export async function figuresOf(
  provider: { id: number },
  name: PeriodName,
  at: DateTime = now()
): Promise<Figures> {
  const period = periodUntil(at, name)
  const rows: (Row & { bucket: number; credential_id: number | null })[] = await tripsSince(
    period.from
  )
    .where('provider_id', provider.id)
    .select(bucketOf(period), 'credential_id', alike(at))
    .groupByRaw('1, 2, 3, 4, 5, 6')
    .count('* as trips')

  const figures: Figures = {
    period,
    total: new Tally(),
    buckets: period.buckets.map(() => new Tally()),
    credentials: new Map(),
  }
  for (const { bucket, credential_id: credentialId, ...row } of rows) {
    const group = groupOf(row)
    figures.total.add(group)
    figures.buckets[Math.min(Number(bucket), figures.buckets.length - 1)].add(group)
    const tally = figures.credentials.get(credentialId) ?? new Tally()
    tally.add(group)
    figures.credentials.set(credentialId, tally)
  }
  return figures
}

/** The last day's trips of several providers, by provider id, counted as in `figuresOf`. */
export async function lastDayOf(
  providers: { id: number }[],
  at: DateTime = now()
): Promise<Map<number, Tally>> {
  const tallies = new Map(providers.map(({ id }) => [id, new Tally()]))
  const rows: (Row & { provider_id: number })[] = await tripsSince(periodUntil(at, 'day').from)
    .whereIn('provider_id', [...tallies.keys()])
    .select('provider_id', alike(at))
    .groupByRaw('1, 2, 3, 4, 5')
    .count('* as trips')
  for (const { provider_id: id, ...row } of rows) tallies.get(id)!.add(groupOf(row))
  return tallies
}

/** Visitors' trips that began at or after a time. */
function tripsSince(from: DateTime) {
  return db
    .from('sign_in_attempts')
    .where('started_at', '>=', sqlTime(from))
    .whereNot('intent', 'trial')
}

function alike(at: DateTime) {
  const closed = at.minus(SignInAttempt.LIFETIME)
  const settled = closed.minus(PendingIdentity.LIFETIME)
  return db.raw(ALIKE, [sqlTime(closed), sqlTime(settled)])
}

function bucketOf({ from, bucketSeconds }: Period) {
  const seconds =
    db.connection().dialect.name === 'mysql'
      ? 'timestampdiff(second, ?, started_at) div'
      : '(unixepoch(started_at) - unixepoch(?)) /'
  return db.raw(`${seconds} ${bucketSeconds} as bucket`, [sqlTime(from)])
}

function groupOf({ outcome, failure, came_back: cameBack, age, trips }: Row): TripGroup {
  return {
    outcome,
    failure,
    cameBack: Number(cameBack) === 1,
    age: AGES[Number(age)],
    trips: Number(trips),
  }
}
