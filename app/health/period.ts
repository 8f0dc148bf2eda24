import type { DateTime } from 'luxon'
import { SITE_ZONE } from '#time/clock'

/** How far back the figures go, and in what steps the chart shows them. */
const PERIODS = {
  hour: { buckets: 12, minutes: 5 },
  day: { buckets: 24, minutes: 60 },
  month: { buckets: 30, minutes: 24 * 60 },
} as const

export type PeriodName = keyof typeof PERIODS
export const PERIOD_NAMES = Object.keys(PERIODS) as PeriodName[]

export interface Period {
  name: PeriodName
  /** When the first bucket begins. */
  from: DateTime
  /** Now: the last bucket is not over yet. */
  until: DateTime
  bucketSeconds: number
  /** When each bucket begins. */
  buckets: DateTime[]
}

/**
 * The last hour in steps of five minutes, the last day in hours, or the last thirty
 * days. Steps are aligned to the site's clock, days to its midnight, so the last step
 * is shorter than the others. The site's zone has no daylight saving time: all days are
 * equally long.
 */
export function periodUntil(until: DateTime, name: PeriodName): Period {
  const { buckets, minutes } = PERIODS[name]
  const here = until.setZone(SITE_ZONE)
  const sinceMidnight = here.diff(here.startOf('day'), 'minutes').minutes
  const last = here.startOf('day').plus({ minutes: sinceMidnight - (sinceMidnight % minutes) })
  const from = last.minus({ minutes: minutes * (buckets - 1) })
  return {
    name,
    from,
    until: here,
    bucketSeconds: minutes * 60,
    buckets: Array.from({ length: buckets }, (_, index) => from.plus({ minutes: minutes * index })),
  }
}

/** The period that an address asks for; the day unless it names another. */
export function periodNamed(name: unknown): PeriodName {
  return PERIOD_NAMES.find((one) => one === name) ?? 'day'
}
