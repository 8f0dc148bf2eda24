import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { PublishVersion } from '#actions/site/publish_version'
import { actorOf } from '#audit/actor'
import { documentAt, showDocument } from '#controllers/admin/site/document_page'
import { readAdminForm } from '#validators/admin_form'
import { documentVersionValidator } from '#validators/document'
import { fieldOf } from '#validators/field'

/** What a document says from now on. */
export default class DocumentVersionsController {
  /** `POST /admin/site/documents/:id/versions` */
  @inject()
  async store(ctx: HttpContext, publishVersion: PublishVersion) {
    const { response, session, i18n } = ctx
    const document = await documentAt(ctx)
    const form = await readAdminForm(ctx, documentVersionValidator)
    if (!form.valid) return showDocument(ctx, document, { versionForm: form.form })

    const { url = null, text = null } = form.data
    const publication = await publishVersion.handle(document, {
      contents: { url, text },
      number: Number(fieldOf(ctx, 'number', 10)),
      actor: actorOf(ctx),
    })
    if (publication.kind === 'stale') {
      const versionForm = { values: form.values, errors: {} }
      return showDocument(ctx, publication.document, { versionForm, isOvertaken: true })
    }
    session.flash('notice', i18n.t(`documents.notices.${publication.kind}`))
    return response.redirect('/admin/site/documents', false, 303)
  }
}
