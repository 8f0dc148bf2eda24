import type { DateTime } from 'luxon'
import { type Cursor, type CursorPage, readPage } from '#searches/cursor_page'
import { sqlTime } from '#time/clock'
import SignInAttempt, { type Intent } from '#models/sign_in_attempt'
import type { DateRange } from '#validators/filter'

/** Groups of outcomes that a list distinguishes. */
export const OUTCOME_GROUPS = ['succeeded', 'failed', 'waiting', 'unfinished'] as const
export type OutcomeGroup = (typeof OUTCOME_GROUPS)[number]

/** What a list of attempts is narrowed to; `null` means no restriction. */
export interface AttemptFilter {
  /** `password`: attempts without a provider. */
  provider: number | 'password' | null
  intent: Intent | null
  ending: OutcomeGroup | null
  failure: string | null
  /** The account's owner, or the person who was signed in. */
  userId: number | null
  period: DateRange
}

const EVERYTHING: AttemptFilter = {
  provider: null,
  intent: null,
  ending: null,
  failure: null,
  userId: null,
  period: { since: null, until: null },
}

/** Attempts with their people and providers, newest first; trials are excluded. */
export async function findAttempts(
  filter: AttemptFilter,
  cursor: Cursor | null
): Promise<CursorPage<SignInAttempt>> {
  return readPage(() => attemptsMatching(filter), {
    order: { id: 'id', time: 'started_at' },
    cursor,
    markOf: ({ id, startedAt }: SignInAttempt) => ({ id, at: startedAt as DateTime }),
  })
}

export function lastAttemptsOf(userId: number, count: number) {
  return attemptsMatching({ ...EVERYTHING, userId })
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(count)
}

function attemptsMatching({ provider, intent, ending, failure, userId, period }: AttemptFilter) {
  const query = SignInAttempt.query()
    .whereNot('intent', 'trial')
    .preload('provider')
    .preload('user')
    .preload('actor')
  if (provider === 'password') query.whereNull('providerId')
  else if (provider !== null) query.where('providerId', provider)
  if (intent) query.where('intent', intent)
  if (failure) query.where('failure', failure)
  if (userId !== null) {
    query.where((own) => own.where('userId', userId).orWhere('actorUserId', userId))
  }
  if (ending === 'unfinished') query.whereNull('outcome')
  else if (ending) query.whereIn('outcome', OUTCOMES[ending])
  if (period.since) query.where('startedAt', '>=', sqlTime(period.since))
  if (period.until) query.where('startedAt', '<', sqlTime(period.until))
  return query
}

const OUTCOMES: Record<Exclude<OutcomeGroup, 'unfinished'>, string[]> = {
  succeeded: [...SignInAttempt.SUCCESSES],
  failed: ['failed'],
  waiting: ['must_prove', 'must_complete', 'second_factor_due', 'agreement_due'],
}
