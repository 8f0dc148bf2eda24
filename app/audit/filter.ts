import { ACTOR_WAYS } from '#database/enums'
import { AUDIT_ACTIONS, SUBJECT_TYPES, type AuditSubject } from '#audit/actions'
import type AuditEntry from '#models/audit_entry'
import { Filter, type DateRange } from '#validators/filter'

/** What a list of changes is narrowed to; `null` means no restriction. */
export interface AuditFilter {
  /** The actor: the beginning of a name, or a whole address or public id. */
  who: string | null
  via: AuditEntry['via'] | null
  action: string | null
  subjectType: AuditSubject['type'] | null
  /** The beginning of what it was called, or its public id. */
  subject: string | null
  period: DateRange
}

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
