import { DateTime } from 'luxon'
import type { ChainableContract } from '@adonisjs/lucid/types/querybuilder'
import { sqlTime } from '#models/clock'

/** Rows that a page of a list shows at most. */
export const PAGE_SIZE = 50

/** What a list is ordered by, newest first: the columns of the key. */
export interface Key {
  id: string
  /** For lists that are also narrowed by time. Without it the id alone is the order. */
  time?: string
}

/** A row's place in its list. */
export interface Mark {
  id: number
  at?: DateTime
}

/** Where a page begins: after or before a row, which need not be there any more. */
export interface Place extends Mark {
  side: 'older' | 'newer'
}

export interface KeyPage<Row> {
  /** Newest first. */
  rows: Row[]
  /** The marks from which the neighbouring pages go on; `null` where there is none. */
  older: Mark | null
  newer: Mark | null
}

type Query<Row> = ChainableContract & PromiseLike<Row[]>

/**
 * Reads one page of a list by its key. Unlike OFFSET it costs the same on every
 * page, and rows that come or go meanwhile neither repeat nor hide others.
 *
 * @param list makes the query without order and limit; it may be asked twice
 */
export async function readPage<Row>(
  list: () => Query<Row>,
  { key, place, markOf }: { key: Key; place: Place | null; markOf: (row: Row) => Mark }
): Promise<KeyPage<Row>> {
  if (place?.side === 'newer') {
    const rows = await take(list(), key, place)
    /* The top was reached: shown as the first page, which is full. */
    if (rows.length <= PAGE_SIZE) return readPage(list, { key, place: null, markOf })
    const shown = rows.slice(0, PAGE_SIZE).reverse()
    return { rows: shown, newer: markOf(shown[0]), older: markOf(shown[PAGE_SIZE - 1]) }
  }

  const rows = await take(list(), key, place)
  const shown = rows.slice(0, PAGE_SIZE)
  return {
    rows: shown,
    newer: place && shown.length > 0 ? markOf(shown[0]) : null,
    older: rows.length > PAGE_SIZE ? markOf(shown[PAGE_SIZE - 1]) : null,
  }
}

/** One row more than a page holds, from a place on, away from it. */
async function take<Row>(query: Query<Row>, key: Key, place: Place | null): Promise<Row[]> {
  if (place) goOn(query, key, place)
  const direction = place?.side === 'newer' ? 'asc' : 'desc'
  if (key.time) query.orderBy(key.time, direction)
  query.orderBy(key.id, direction).limit(PAGE_SIZE + 1)
  return query
}

function goOn(query: ChainableContract, { id, time }: Key, place: Place) {
  const beyond = place.side === 'older' ? '<' : '>'
  if (!time || !place.at) return query.where(id, beyond, place.id)

  /* Written so that an index on the time serves both databases. */
  const at = sqlTime(place.at)
  return query
    .where(time, `${beyond}=`, at)
    .where((rest) => rest.where(time, beyond, at).orWhere(id, beyond, place.id))
}

/** Where a list goes on, from an address; `null`, the beginning, for what says nothing. */
export function placeIn(query: Record<string, unknown>): Place | null {
  for (const side of ['older', 'newer'] as const) {
    const place = query[side]
    if (typeof place !== 'string') continue
    const [, seconds, id] = /^(?:(\d{1,10})\.)?(\d{1,15})$/.exec(place) ?? []
    if (id) return { side, id: Number(id), ...(seconds && { at: atSecond(Number(seconds)) }) }
  }
  return null
}

/** Addresses of the neighbouring pages, the filter kept. */
export function pageLinks({ older, newer }: KeyPage<unknown>, filter: Record<string, string>) {
  const link = (side: Place['side'], mark: Mark | null) =>
    mark && `?${new URLSearchParams({ ...filter, [side]: textOf(mark) })}`
  return { older: link('older', older), newer: link('newer', newer) }
}

function textOf({ id, at }: Mark): string {
  return at ? `${Math.floor(at.toSeconds())}.${id}` : String(id)
}

function atSecond(seconds: number) {
  return DateTime.fromSeconds(seconds, { zone: 'utc' })
}
