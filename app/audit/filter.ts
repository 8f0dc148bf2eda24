import { ACTOR_WAYS } from '#database/enums'
import { AUDIT_ACTIONS, SUBJECT_TYPES } from '#audit/actions'
import type { AuditFilter } from '#searches/audit_search'
import { Filter } from '#validators/filter'

/** Reads which changes a page or an export asks for; `chosen` asks for the same ones again. */
export function readAuditFilter(query: Record<string, unknown>): {
  wish: AuditFilter
  chosen: Record<string, string>
} {
  const filter = new Filter(query)
  const wish = {
    who: filter.text('who'),
    via: filter.choice('via', ACTOR_WAYS),
    action: filter.choice('action', AUDIT_ACTIONS),
    subjectType: filter.choice('type', SUBJECT_TYPES),
    subject: filter.text('subject'),
    period: filter.period(),
  }
  return { wish, chosen: filter.chosen }
}
