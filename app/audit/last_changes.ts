import type { AuditSubject } from '#audit/actions'
import AuditEntry from '#models/audit_entry'

/** More than anybody does to one row while another has its form open. */
const LOOK_BACK = 100

/**
 * For each of these fields the entry that tells of its last change, as far as
 * there is one. A field that changed without one (by hand, in the database) has
 * none, or an older one.
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
