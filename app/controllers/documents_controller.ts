import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import Document from '#models/site/document'
import { documentTitle } from '#site/words'

/** Terms, privacy policy and the like, for anybody to read. */
export default class DocumentsController {
  /**
   * `GET /documents/:key/:number?`: the version in force, or a former one that members
   * agreed to. One that is kept elsewhere leads there.
   */
  async show(ctx: HttpContext) {
    const { params, request, response, view, i18n } = ctx
    const document = await Document.inOrder().where('key', params.key).first()
    const wanted = params.number ?? document?.present.number
    const version = document?.versions.find(({ number }) => String(number) === String(wanted))
    /* What members agreed to stays readable when it is no longer in force. */
    if (!document || !version || (!document.enabled && params.number === undefined)) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    if (version.url !== null) return response.redirect(version.url, false, 303)
    const title = documentTitle(document, i18n)
    return view.render('pages/documents/show', { document, version, title })
  }
}
