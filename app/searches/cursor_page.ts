import { DateTime } from 'luxon'
import type { ChainableContract } from '@adonisjs/lucid/types/querybuilder'
import { sqlTime } from '#time/clock'

/** The most rows that a page of a list shows. */
export const PAGE_SIZE = 50

/** The columns a list is ordered by, newest first. */
export interface Order {
  id: string
  /** For lists that are also narrowed by time. Without it, the id alone sets the order. */
  time?: string
}

/** The position of a row in its list. */
export interface Mark {
  id: number
  at?: DateTime
}

/** Where a page begins, according to its URL: after or before a row, which may be gone by now. */
export interface Cursor extends Mark {
  side: 'older' | 'newer'
}

export interface CursorPage<Row> {
  /** Newest first. */
  rows: Row[]
  /** The marks from which the neighbouring pages continue; `null` if there is no such page. */
  older: Mark | null
  newer: Mark | null
}

type Query<Row> = ChainableContract & PromiseLike<Row[]>

/**
 * Reads one page of a list in its order. Unlike OFFSET it costs the same on every page,
 * and rows added or removed between pages neither repeat nor hide others.
 *
 * @param list makes the query without order and limit; it may be called twice
 */
export async function readPage<Row>(
  list: () => Query<Row>,
  { order, cursor, markOf }: { order: Order; cursor: Cursor | null; markOf: (row: Row) => Mark }
): Promise<CursorPage<Row>> {
  if (cursor?.side === 'newer') {
    const rows = await take(list(), order, cursor)
    /* Reached the top: shown as the first page, which is full. */
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

/** One row more than a page holds, moving away from the cursor's row. */
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

  /* Written so that an index on the time works on both databases. */
  const at = sqlTime(cursor.at)
  return query
    .where(time, `${beyond}=`, at)
    .where((rest) => rest.where(time, beyond, at).orWhere(id, beyond, cursor.id))
}

/** The cursor in a URL; `null`, the beginning, if it has none that makes sense. */
export function cursorIn(query: Record<string, unknown>): Cursor | null {
  for (const side of ['older', 'newer'] as const) {
    const cursor = query[side]
    if (typeof cursor !== 'string') continue
    const [, seconds, id] = /^(?:(\d{1,10})\.)?(\d{1,15})$/.exec(cursor) ?? []
    if (id) return { side, id: Number(id), ...(seconds && { at: atSecond(Number(seconds)) }) }
  }
  return null
}

/** URLs of the neighbouring pages, with the filter kept. */
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
