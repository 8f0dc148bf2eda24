import type { HttpContext } from '@adonisjs/core/http'
import Document from '#models/site/document'
import type { FormState } from '#validators/form'

/** The document in the address, with its versions. */
export function documentAt({ params }: HttpContext): Promise<Document> {
  return Document.inOrder().where('publicId', params.id).firstOrFail()
}

interface Shown {
  /** The settings as they were sent. */
  form?: FormState
  /** A new version as it was sent. */
  versionForm?: FormState
  /** Somebody else has changed it since the page was opened. */
  isOvertaken?: boolean
}

/** The page of a document: its settings, and its versions. */
export function showDocument(ctx: HttpContext, document: Document, shown: Shown = {}) {
  const { form, versionForm, isOvertaken } = shown
  if (form ?? versionForm) ctx.response.status(isOvertaken ? 409 : 422)
  return ctx.view.render('pages/admin/site/document', { document, form, versionForm, isOvertaken })
}
