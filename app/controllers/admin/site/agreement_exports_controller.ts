import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import { inTransaction } from '#database/transaction'
import { actorOf } from '#audit/actor'
import { AGREEMENT_COLUMNS, agreementsCsv } from '#duties/csv'
import AuditEntry from '#models/audit_entry'
import { now, SITE_ZONE } from '#time/clock'

/** Who agreed to what, when and how: for an inspector. */
export default class AgreementExportsController {
  /** `POST /admin/site/documents/agreements`; records that it was exported. */
  async store(ctx: HttpContext) {
    const { response, i18n } = ctx
    const subject = { type: 'site' } as const
    await inTransaction((trx) =>
      AuditEntry.record({ actor: actorOf(ctx), action: 'agreements.exported', subject }, trx)
    )
    const titles = Object.fromEntries(
      AGREEMENT_COLUMNS.map((column) => [column, i18n.t(`duties.columns.${column}`)])
    ) as Record<(typeof AGREEMENT_COLUMNS)[number], string>
    const file = agreementsCsv({
      titles,
      way: ({ way, providerLabel }) =>
        i18n.t(`duties.ways.${way}`, { provider: providerLabel ?? '' }),
    })
    const day = now().setZone(SITE_ZONE).toFormat('yyyy-MM-dd')
    response.header('Content-Type', 'text/csv; charset=utf-8')
    response.header('Content-Disposition', `attachment; filename="agreements-${day}.csv"`)
    return response.stream(Readable.from(file))
  }
}
