import type { DateTime } from 'luxon'
import type { AuditFilter } from '#audit/filter'
import AuditEntry from '#models/audit_entry'
import { type Cursor, type CursorPage, readPage } from '#searches/cursor_page'
import { sqlTime } from '#time/clock'
import { beginningWith } from '#text/search_key'
import User from '#models/user'
import { normalizeEmail } from '#text/email'

const ORDER = { id: 'id', time: 'created_at' }
const markOf = ({ id, createdAt }: AuditEntry) => ({ id, at: createdAt as DateTime })

/** Changes, newest first. */
export async function findChanges(
  filter: AuditFilter,
  cursor: Cursor | null
): Promise<CursorPage<AuditEntry>> {
  const actorId = await idOfPerson(filter.who)
  return readPage(() => changesMatching(filter, actorId), { order: ORDER, cursor, markOf })
}

/** All changes, a page at a time, for an export that is written while it is read. */
export async function* everyChange(filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
  const actorId = await idOfPerson(filter.who)
  for (let cursor: Cursor | null = null; ;) {
    const page: CursorPage<AuditEntry> = await readPage(() => changesMatching(filter, actorId), {
      order: ORDER,
      cursor,
      markOf,
    })
    yield page.rows
    if (!page.older) return
    cursor = { side: 'older', ...page.older }
  }
}

/** The last changes to one person's account. */
export function lastChangesTo({ publicId }: User, count: number) {
  return AuditEntry.query()
    .where({ subjectType: 'user', subjectId: publicId })
    .preload('actor')
    .orderBy('id', 'desc')
    .limit(count)
}

function changesMatching(
  { who, via, action, subjectType, subject, period }: AuditFilter,
  actorId: number | null
) {
  const query = AuditEntry.query().preload('actor')
  if (actorId !== null) query.where('actorUserId', actorId)
  else if (who) query.whereBetween('actorName', beginningWith(who))
  if (via) query.where('via', via)
  if (action) query.where('action', action)
  if (subjectType) query.where('subjectType', subjectType)
  if (subject) {
    query.where((either) =>
      either.where('subjectId', subject).orWhereBetween('subjectLabel', beginningWith(subject))
    )
  }
  if (period.since) query.where('createdAt', '>=', sqlTime(period.since))
  if (period.until) query.where('createdAt', '<', sqlTime(period.until))
  return query
}

/** The owner of this address or public id; names are not unique and are searched as text. */
async function idOfPerson(who: string | null): Promise<number | null> {
  if (who === null) return null
  const user = (await User.findBy('publicId', who)) ?? (await User.withEmail(normalizeEmail(who)))
  return user?.id ?? null
}
