import type { HttpContext } from '@adonisjs/core/http'
import { ACTOR_WAYS } from '#database/enums'
import { readAuditFilter } from '#audit/filter'
import { AuditWords } from '#audit/words'
import { AUDIT_ACTIONS, SUBJECT_TYPES } from '#audit/actions'
import { findChanges } from '#searches/audit_search'
import { cursorIn, pageLinks } from '#searches/cursor_page'

/** Who changed what, on a page or with a command. */
export default class AuditController {
  /** `GET /admin/audit` */
  async index({ auth, request, i18n, view }: HttpContext) {
    const { wish, chosen } = readAuditFilter(request.qs())
    const page = await findChanges(wish, cursorIn(request.qs()))
    return view.render('pages/admin/audit/index', {
      entries: page.rows,
      links: pageLinks(page, chosen),
      chosen,
      words: new AuditWords(i18n),
      isRecent: auth.use('web').isRecent,
      choices: { actions: AUDIT_ACTIONS, subjectTypes: SUBJECT_TYPES, ways: ACTOR_WAYS },
    })
  }
}
