import { DateTime } from 'luxon'
import { SITE_ZONE } from '#time/clock'

const LONGEST_TEXT = 254

/** From one moment on, and until before another. */
export interface DateRange {
  since: DateTime | null
  until: DateTime | null
}

/**
 * Reads what a list is narrowed to, from its URL. URLs are typed and cut off by hand, so
 * values that make no sense are ignored rather than refused.
 */
export class Filter {
  /** The values that were read and make sense; other pages of the list are requested with them. */
  readonly chosen: Record<string, string> = {}

  constructor(readonly query: Record<string, unknown>) {}

  /** A text to search for, without the spaces around it. */
  text(name: string): string | null {
    const value = this.#read(name).trim()
    return value ? this.#choose(name, value) : null
  }

  /** One of a list of words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | null {
    const word = words.find((one) => one === this.#read(name))
    return word ? this.#choose(name, word) : null
  }

  /** Whole days by the site's clock, including the last. */
  period(first = 'from', last = 'to'): DateRange {
    return {
      since: this.#day(first),
      until: this.#day(last)?.plus({ days: 1 }) ?? null,
    }
  }

  #day(name: string): DateTime | null {
    const typed = this.#read(name)
    if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return null
    const day = DateTime.fromISO(typed, { zone: SITE_ZONE })
    if (!day.isValid) return null
    this.#choose(name, typed)
    return day
  }

  #read(name: string): string {
    const value = this.query[name]
    return typeof value === 'string' && value.length <= LONGEST_TEXT ? value : ''
  }

  #choose<Word extends string>(name: string, value: Word): Word {
    this.chosen[name] = value
    return value
  }
}
