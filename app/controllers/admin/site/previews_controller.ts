import type { HttpContext } from '@adonisjs/core/http'
import { siteFor } from '#site/present'
import { previewOf } from '#site/preview'

/** The site as it looks with what is typed into its settings, for the script of that page. */
export default class PreviewsController {
  /** `GET /admin/site/preview` */
  async show(ctx: HttpContext) {
    const { request, view, i18n } = ctx
    const preview = previewOf(await siteFor(ctx), i18n, request.qs())
    return view.render('components/site/preview', { preview })
  }
}
