import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AddDocument } from '#actions/site/add_document'
import { ChangeDocument } from '#actions/site/change_document'
import { actorOf } from '#audit/actor'
import { documentAt, showDocument } from '#controllers/admin/site/document_page'
import Document from '#models/site/document'
import Site from '#models/site/site'
import { USUAL_DOCUMENTS } from '#site/documents'
import { documentTitle } from '#site/words'
import { readAdminForm } from '#validators/admin_form'
import { documentSettingsValidator, newDocumentValidator } from '#validators/document'
import { fieldOf } from '#validators/field'
import type { FormState } from '#validators/form'

/* `Document.settingsVersion` with both titles at their longest, in Hangul. */
const LONGEST_VERSION = 2_000

/** Terms, privacy policy and what else this site has people read or agree to. */
export default class DocumentsController {
  /** `GET /admin/site/documents` */
  async index({ view }: HttpContext) {
    const documents = await Document.inOrder()
    const { ageQuestion } = await Site.present()
    return view.render('pages/admin/site/documents', {
      documents,
      ageQuestion,
      usual: USUAL_DOCUMENTS,
      documentTitle,
    })
  }

  /** `GET /admin/site/documents/create` */
  create(ctx: HttpContext) {
    return this.#showCreate(ctx)
  }

  /** `POST /admin/site/documents/create` */
  @inject()
  async store(ctx: HttpContext, addDocument: AddDocument) {
    const { response, session, i18n } = ctx
    const form = await readAdminForm(ctx, newDocumentValidator)
    if (!form.valid) return this.#showCreate(ctx, form.form)

    const { key, title, titleEn = null, required, enabled, url = null, text = null } = form.data
    const addition = await addDocument.handle({
      key,
      settings: { title, titleEn, required, enabled },
      contents: { url, text },
      actor: actorOf(ctx),
    })
    if (addition.kind === 'added') {
      session.flash('notice', i18n.t('documents.notices.added'))
      return response.redirect('/admin/site/documents', false, 303)
    }
    const message = i18n.t(`documents.problems.${addition.kind}`, { max: Document.MOST })
    return this.#showCreate(ctx, { values: form.values, errors: { key: message } })
  }

  /** `GET /admin/site/documents/:id` */
  async edit(ctx: HttpContext) {
    return showDocument(ctx, await documentAt(ctx))
  }

  /** `POST /admin/site/documents/:id` */
  @inject()
  async update(ctx: HttpContext, changeDocument: ChangeDocument) {
    const { response, session, i18n } = ctx
    const document = await documentAt(ctx)
    const form = await readAdminForm(ctx, documentSettingsValidator)
    if (!form.valid) return showDocument(ctx, document, { form: form.form })

    const { title, titleEn = null, required, enabled } = form.data
    const change = await changeDocument.handle(document, {
      settings: { title, titleEn, required, enabled },
      version: fieldOf(ctx, 'version', LONGEST_VERSION),
      actor: actorOf(ctx),
    })
    if (change.kind === 'stale') {
      const again = { values: form.values, errors: {} }
      return showDocument(ctx, change.document, { form: again, isOvertaken: true })
    }
    session.flash('notice', i18n.t('documents.notices.changed'))
    return response.redirect('/admin/site/documents', false, 303)
  }

  #showCreate(ctx: HttpContext, form?: FormState) {
    if (form) ctx.response.status(422)
    const { key } = ctx.request.qs()
    const suggested = Object.hasOwn(USUAL_DOCUMENTS, key) ? { key, ...USUAL_DOCUMENTS[key] } : {}
    return ctx.view.render('pages/admin/site/document_create', { form, suggested })
  }
}
