import type { AuditSubject } from '#audit/actions'
import AuditEntry from '#models/audit_entry'

/** More changes than anyone makes to one row while someone else has its form open. */
const LOOK_BACK = 100

/**
 * Finds, for each of these fields, the entry of its last change, if there is one. A field
 * changed without an entry (by hand, in the database) has none or an older one.
 */
export async function lastChangesOf(
  { type, id }: AuditSubject,
  fields: string[]
): Promise<Partial<Record<string, AuditEntry>>> {
  const entries = await AuditEntry.query()
    .where({ subjectType: type, subjectId: id })
    .orderBy('id', 'desc')
    .limit(LOOK_BACK)
  return Object.fromEntries(
    fields.map((field) => [field, entries.find(({ changes }) => field in changes)])
  )
}
