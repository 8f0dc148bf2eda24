import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import { inTransaction } from '#database/transaction'
import { actorOf } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import { auditCsv, CSV_COLUMNS } from '#audit/csv'
import { readAuditFilter } from '#audit/filter'
import { AuditWords } from '#audit/words'
import AuditEntry from '#models/audit_entry'
import { everyChange } from '#searches/audit_search'
import { now, SITE_ZONE } from '#time/clock'

/** The audit as a file to keep. */
export default class AuditExportsController {
  /** `POST /admin/audit/export`: what the page is narrowed to; records that it was exported. */
  async store(ctx: HttpContext) {
    const { request, response, i18n } = ctx
    const { wish, chosen } = readAuditFilter(request.body())
    await inTransaction((trx) =>
      AuditEntry.record(
        {
          actor: actorOf(ctx),
          action: 'audit.exported',
          subject: { type: 'site' },
          changes: changesBetween({}, chosen),
        },
        trx
      )
    )

    const titles = Object.fromEntries(
      CSV_COLUMNS.map((column) => [column, i18n.t(`audit.columns.${column}`)])
    ) as Record<(typeof CSV_COLUMNS)[number], string>
    const file = auditCsv(everyChange(wish), { words: new AuditWords(i18n), titles })
    const day = now().setZone(SITE_ZONE).toFormat('yyyy-MM-dd')
    response.header('Content-Type', 'text/csv; charset=utf-8')
    response.header('Content-Disposition', `attachment; filename="daemun-audit-${day}.csv"`)
    return response.stream(Readable.from(file))
  }
}
