import { FAILURES, isFailureName, type FailureName } from '#trip/failure'
import type { TripGroup } from '#health/endings'

/** Fewer trips than this prove nothing: one unlucky visitor is not yet trouble. */
export const FEWEST_TRIPS = 5
const FEWEST_SILENT = 10
const MOST = 0.6

/*
 * These say nothing about the provider, which had not been asked yet. Anything else
 * that a person was refused for was decided here after the provider had done its part.
 */
const BEFORE_THE_PROFILE: readonly FailureName[] = [
  'state_missing',
  'state_unknown',
  'state_expired',
  'state_used',
  'state_foreign',
  'response_malformed',
  'form_expired',
  'cancelled',
  'provider_unknown',
  'provider_off',
  'sign_in_not_recent',
]

/** Failures that say how a provider is doing. */
export const TELLING_FAILURES = (Object.keys(FAILURES) as FailureName[]).filter(
  (failure) => !BEFORE_THE_PROFILE.includes(failure)
)

/**
 * What a trip says about its provider: that it works (`well`), that it or its set-up
 * does not (the failure), or nothing (`null`), as when the person cancelled or has not
 * come back.
 */
export function verdictOf({
  outcome,
  failure,
}: Pick<TripGroup, 'outcome' | 'failure'>): 'well' | FailureName | null {
  if (outcome === null) return null
  if (outcome !== 'failed') return 'well'
  if (!isFailureName(failure) || !TELLING_FAILURES.includes(failure)) return null
  return FAILURES[failure] === 'visitor' ? 'well' : failure
}

/** What is known about a provider's last trips. */
export interface Evidence {
  /** Trips of the last quarter of an hour that say something. */
  recent: { well: number; failures: Partial<Record<FailureName, number>> }
  /** The last five trips that say something, of the last three hours; the newest first. */
  latest: ('well' | FailureName)[]
  /** Trips of the last half hour: how many are over, and how many came back at all. */
  silence: { over: number; cameBack: number }
}

export type Trouble =
  | { kind: 'failing'; reason: FailureName; failed: number; of: number; span: 'recent' | 'latest' }
  /** Everybody leaves for the provider and nobody returns: it shows its own error page. */
  | { kind: 'silent'; of: number }

/**
 * Whether a provider fails for most of its visitors:
 *
 * - in the last quarter of an hour, at least five trips said something, and 60 % or
 *   more of them failed because of the provider or the set-up; or
 * - where fewer people come, the last five of the last three hours all did; or
 * - of the last half hour's trips, ten or more are over, and nobody came back, not even
 *   to cancel.
 */
export function troubleOf({ recent, latest, silence }: Evidence): Trouble | null {
  const failed = Object.values(recent.failures).reduce((sum, trips) => sum + trips, 0)
  const of = recent.well + failed
  if (of >= FEWEST_TRIPS) {
    if (failed / of < MOST) return null
    return { kind: 'failing', reason: mostFrequent(recent.failures), failed, of, span: 'recent' }
  }

  const failures = latest.filter((verdict) => verdict !== 'well')
  if (failures.length === latest.length && latest.length >= FEWEST_TRIPS) {
    const counts: Evidence['recent']['failures'] = {}
    for (const failure of failures) counts[failure] = (counts[failure] ?? 0) + 1
    const reason = mostFrequent(counts)
    return { kind: 'failing', reason, failed: failures.length, of: latest.length, span: 'latest' }
  }

  if (silence.over >= FEWEST_SILENT && silence.cameBack === 0) {
    return { kind: 'silent', of: silence.over }
  }
  return null
}

function mostFrequent(failures: Evidence['recent']['failures']): FailureName {
  const [[reason]] = (Object.entries(failures) as [FailureName, number][]).sort(
    ([, a], [, b]) => b - a
  )
  return reason
}
