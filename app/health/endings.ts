import { isFailureName, type FailureName } from '#trip/failure'

/**
 * How a trip ended, as far as the health of its provider goes. Every trip counts as
 * exactly one.
 */
export const ENDINGS = ['finished', 'failed', 'given_up', 'cancelled', 'under_way'] as const
export type Ending = (typeof ENDINGS)[number]

/**
 * Why trips failed: a named failure, or `interrupted` when the callback came and was
 * never fully answered (a crash, a bug).
 */
export type Reason = FailureName | 'interrupted'

/** Trips that are alike in everything that counts here. */
export interface TripGroup {
  outcome: string | null
  failure: string | null
  /** The browser came back from the provider in time. */
  cameBack: boolean
  /**
   * How long ago it began: it may still come back (`open`), it no longer can
   * (`closed`), or what was asked for here after that can no longer be given either
   * (`settled`).
   */
  age: 'open' | 'closed' | 'settled'
  trips: number
}

/**
 * How trips of a group count. A person who was asked here for a proof, a missing field,
 * the second factor or an agreement and never answered has given up too.
 */
export function endingOf({ outcome, failure, cameBack, age }: Omit<TripGroup, 'trips'>): Ending {
  switch (outcome) {
    case null:
      if (age === 'open') return 'under_way'
      return cameBack ? 'failed' : 'given_up'
    case 'must_prove':
    case 'must_complete':
    case 'second_factor_due':
    case 'agreement_due':
      return age === 'settled' ? 'given_up' : 'under_way'
    case 'failed':
      return failure === 'cancelled' ? 'cancelled' : 'failed'
    default:
      return 'finished'
  }
}

/** Beginnings counted by how they ended; `started` is their total. */
export class Endings {
  started = 0
  readonly endings: Record<Ending, number> = {
    finished: 0,
    failed: 0,
    given_up: 0,
    cancelled: 0,
    under_way: 0,
  }

  count(ending: Ending, times: number) {
    this.started += times
    this.endings[ending] += times
  }

  /** The percentage of what began that ended this way; `null` if nothing began. */
  share(ending: Ending): number | null {
    return this.started === 0 ? null : Math.round((100 * this.endings[ending]) / this.started)
  }
}

/** Trips counted in this way, and why they failed. */
export class Tally extends Endings {
  readonly #reasons = new Map<Reason, number>()

  add(group: TripGroup) {
    const ending = endingOf(group)
    this.count(ending, group.trips)
    if (ending !== 'failed') return

    const reason = isFailureName(group.failure) ? group.failure : 'interrupted'
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + group.trips)
  }

  /** Why trips failed, the most frequent reason first. */
  get reasons(): { reason: Reason; trips: number }[] {
    return [...this.#reasons]
      .map(([reason, trips]) => ({ reason, trips }))
      .sort((a, b) => b.trips - a.trips || a.reason.localeCompare(b.reason))
  }
}
