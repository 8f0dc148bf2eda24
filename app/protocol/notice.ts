import { timingSafeEqual } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Origins } from '#protocol/description'

/** A call from a provider as it came in, before anybody believes it. */
export interface NoticeRequest {
  /** Of the address and of a form together: providers use either. */
  parameters: URLSearchParams
  authorization: string | null
  contentType: string
  /** The body where it is no form. */
  raw: string | null
}

/** What a provider may have signed with. */
export interface NoticeKeys {
  credentials: { clientId: string; secret: string; isRetiring: boolean }[]
  /** The current one first. */
  adminKeys: string[]
  /** Which application this is, once it is known. */
  appRef: string | null
  origins: Origins
}

/** What a provider says has happened, once it is certain that the provider says it. */
export interface Notice {
  subject: string
  /**
   * `identifier`: an address or number of the person has changed or is somebody else's;
   * `other`: something we are told of and do nothing about.
   */
  event: 'unlinked' | 'identifier' | 'other'
  /**
   * Why a link has ended, where that makes a difference: `sign_up_incomplete` for a fault
   * of the set-up, `by_service` when a call of the service's own has ended it.
   */
  reason: 'sign_up_incomplete' | 'by_service' | null
  /** As the provider states it; `null` when it does not. */
  happenedAt: DateTime | null
  /** The provider's own mark, the same when the notice is sent again; `null` without one. */
  mark: string | null
  /** Signed by what is on its way out: it may be in wrong hands already. */
  byRetiring: boolean
}

/** What the provider wants to hear. */
export interface NoticeAnswer {
  status: number
  body?: Record<string, string>
}

export type NoticeReading =
  | { ok: true; notice: Notice; answer: NoticeAnswer }
  | { ok: false; reason: string; answer: NoticeAnswer }

/** Decides whether a provider said something, and what. It touches nothing. */
export type NoticeReader = (request: NoticeRequest, keys: NoticeKeys) => Promise<NoticeReading>

/** The one value of a parameter; `null` when it is missing, empty, or there are two. */
export function oneOf(parameters: URLSearchParams, name: string): string | null {
  const values = new Set(parameters.getAll(name))
  const [value] = values
  return values.size === 1 && value !== '' && value.length <= 2_000 ? value : null
}

/** Compares what came with what was to come, without telling by the time where they differ. */
export function isExpected(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
