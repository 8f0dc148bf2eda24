import { timingSafeEqual } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Origins } from '#protocol/description'

/** A call from a provider as it arrived, before it is verified. */
export interface NoticeRequest {
  /** From the query and the form combined, as providers use either. */
  parameters: URLSearchParams
  authorization: string | null
  contentType: string
  /** The body, unless it was a form. */
  raw: string | null
}

/** The keys that a provider may have signed with. */
export interface NoticeKeys {
  credentials: { clientId: string; secret: string; isRetiring: boolean }[]
  /** The current key comes first. */
  adminKeys: string[]
  /** Which application this is, once it is known. */
  appRef: string | null
  origins: Origins
}

/** What a provider says has happened, once the notice is known to come from it. */
export interface Notice {
  subject: string
  /**
   * `identifier`: an address or number of the person has changed or now belongs to somebody
   * else; `other`: an event that we are told about but do not act on.
   */
  event: 'unlinked' | 'identifier' | 'other'
  /**
   * Why a link has ended, where that makes a difference: `sign_up_incomplete` for a fault
   * in the set-up, `by_service` when the service itself ended it with a call.
   */
  reason: 'sign_up_incomplete' | 'by_service' | null
  /** As the provider states it; `null` when it does not. */
  happenedAt: DateTime | null
  /** The provider's own mark, unchanged when the notice is sent again; `null` without one. */
  mark: string | null
  /** Signed with a retiring key, which may already be in the wrong hands. */
  byRetiring: boolean
}

/** The answer that the provider expects. */
export interface NoticeAnswer {
  status: number
  body?: Record<string, string>
}

export type NoticeReading =
  | { ok: true; notice: Notice; answer: NoticeAnswer }
  | { ok: false; reason: string; answer: NoticeAnswer }

/** Decides whether a notice really comes from a provider, and what it says. No side effects. */
export type NoticeReader = (request: NoticeRequest, keys: NoticeKeys) => Promise<NoticeReading>

/** A parameter's only value; `null` if it is missing, empty, too long or ambiguous. */
export function oneOf(parameters: URLSearchParams, name: string): string | null {
  const values = new Set(parameters.getAll(name))
  const [value] = values
  return values.size === 1 && value !== '' && value.length <= 2_000 ? value : null
}

/** Compares a given value with the expected one in constant time. */
export function isExpected(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
