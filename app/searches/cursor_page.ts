import { DateTime } from 'luxon'
import type { ChainableContract } from '@adonisjs/lucid/types/querybuilder'
import { sqlTime } from '#time/clock'

/** Rows that a page of a list shows at most. */
export const PAGE_SIZE = 50

/** What a list is ordered by, newest first: its columns. */
export interface Order {
  id: string
  /** For lists that are also narrowed by time. Without it the id alone is the order. */
  time?: string
}

/** Where a row stands in its list. */
export interface Mark {
  id: number
  at?: DateTime
}

/** Where a page begins, as its address says: after or before a row, which need not be there any more. */
export interface Cursor extends Mark {
  side: 'older' | 'newer'
}

export interface CursorPage<Row> {
  /** Newest first. */
  rows: Row[]
  /** The marks from which the neighbouring pages go on; `null` where there is none. */
  older: Mark | null
  newer: Mark | null
}

type Query<Row> = ChainableContract & PromiseLike<Row[]>

/**
 * Reads one page of a list by its order. Unlike OFFSET it costs the same on every
 * page, and rows that come or go meanwhile neither repeat nor hide others.
 *
 * @param list makes the query without order and limit; it may be asked twice
 */
export async function readPage<Row>(
  list: () => Query<Row>,
  { order, cursor, markOf }: { order: Order; cursor: Cursor | null; markOf: (row: Row) => Mark }
): Promise<CursorPage<Row>> {
  if (cursor?.side === 'newer') {
    const rows = await take(list(), order, cursor)
    /* The top was reached: shown as the first page, which is full. */
    if (rows.length <= PAGE_SIZE) return readPage(list, { order, cursor: null, markOf })
    const shown = rows.slice(0, PAGE_SIZE).reverse()
    return { rows: shown, newer: markOf(shown[0]), older: markOf(shown[PAGE_SIZE - 1]) }
  }

  const rows = await take(list(), order, cursor)
  const shown = rows.slice(0, PAGE_SIZE)
  return {
    rows: shown,
    newer: cursor && shown.length > 0 ? markOf(shown[0]) : null,
    older: rows.length > PAGE_SIZE ? markOf(shown[PAGE_SIZE - 1]) : null,
  }
}

/** One row more than a page holds, from a cursor on, away from its row. */
async function take<Row>(query: Query<Row>, order: Order, cursor: Cursor | null): Promise<Row[]> {
  if (cursor) goOn(query, order, cursor)
  const direction = cursor?.side === 'newer' ? 'asc' : 'desc'
  if (order.time) query.orderBy(order.time, direction)
  query.orderBy(order.id, direction).limit(PAGE_SIZE + 1)
  return query
}

function goOn(query: ChainableContract, { id, time }: Order, cursor: Cursor) {
  const beyond = cursor.side === 'older' ? '<' : '>'
  if (!time || !cursor.at) return query.where(id, beyond, cursor.id)

  /* Written so that an index on the time serves both databases. */
  const at = sqlTime(cursor.at)
  return query
    .where(time, `${beyond}=`, at)
    .where((rest) => rest.where(time, beyond, at).orWhere(id, beyond, cursor.id))
}

/** Where a list goes on, from an address; `null`, the beginning, for what says nothing. */
export function cursorIn(query: Record<string, unknown>): Cursor | null {
  for (const side of ['older', 'newer'] as const) {
    const cursor = query[side]
    if (typeof cursor !== 'string') continue
    const [, seconds, id] = /^(?:(\d{1,10})\.)?(\d{1,15})$/.exec(cursor) ?? []
    if (id) return { side, id: Number(id), ...(seconds && { at: atSecond(Number(seconds)) }) }
  }
  return null
}

/** Addresses of the neighbouring pages, the filter kept. */
export function pageLinks({ older, newer }: CursorPage<unknown>, filter: Record<string, string>) {
  const link = (side: Cursor['side'], mark: Mark | null) =>
    mark && `?${new URLSearchParams({ ...filter, [side]: textOf(mark) })}`
  return { older: link('older', older), newer: link('newer', newer) }
}

function textOf({ id, at }: Mark): string {
  return at ? `${Math.floor(at.toSeconds())}.${id}` : String(id)
}

function atSecond(seconds: number) {
  return DateTime.fromSeconds(seconds, { zone: 'utc' })
}
