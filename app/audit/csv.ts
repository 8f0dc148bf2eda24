import type { AuditWords, ChangeLine } from '#audit/words'
import type AuditEntry from '#models/audit_entry'
import { SITE_ZONE } from '#time/clock'

/** Tells Excel in Korea that the file is UTF-8; without it, Excel assumes code page 949. */
export const BOM = '\uFEFF'

/* What a spreadsheet takes for the start of a formula, full-width signs included. */
const FORMULA = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/

/** The columns, by their names in `audit.columns`. */
export const CSV_COLUMNS = [
  'at',
  'who',
  'via',
  'ip',
  'action',
  'subject_type',
  'subject',
  'subject_id',
  'changes',
  'action_key',
] as const

/**
 * One line of a CSV file, including its line ending (RFC 4180). Anything a spreadsheet
 * would calculate gets a leading apostrophe, because names come from strangers.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}

/** The file of an export, in chunks of a few dozen lines. */
export async function* auditCsv(
  pages: AsyncIterable<AuditEntry[]>,
  { words, titles }: { words: AuditWords; titles: Record<(typeof CSV_COLUMNS)[number], string> }
): AsyncGenerator<string> {
  yield BOM + csvLine(CSV_COLUMNS.map((column) => titles[column]))
  for await (const entries of pages) {
    yield entries.map((entry) => csvLine(cellsOf(entry, words))).join('')
  }
}

function cellsOf(entry: AuditEntry, words: AuditWords): string[] {
  const cells: Record<(typeof CSV_COLUMNS)[number], string> = {
    at: entry.createdAt.setZone(SITE_ZONE).toFormat('yyyy-MM-dd HH:mm:ss'),
    who: words.who(entry),
    via: words.via(entry),
    ip: entry.ip ?? '',
    action: words.action(entry),
    subject_type: words.subjectType(entry),
    subject: words.subject(entry),
    subject_id: entry.subjectId ?? '',
    changes: words.changes(entry).map(textOf).join('\n'),
    action_key: entry.action,
  }
  return CSV_COLUMNS.map((column) => cells[column])

  function textOf({ field, values }: ChangeLine) {
    return values ? `${field}: ${values.before} → ${values.after}` : `${field}: ${words.changed}`
  }
}
