import { errors } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { isUsable, themeSheet, themeSheetName } from '#look/palette'

const NAME = /^([0-9a-f]{6})(\.[\w-]{10})?\.css$/

/** The colours of a theme as a stylesheet: nothing stored, only arithmetic. */
export default class ThemeSheetsController {
  /**
   * `GET /theme/:name`. The name a page uses holds a hash of the contents and never changes
   * its meaning; any other is for the preview, or from another version of Daemun.
   */
  show({ params, request, response }: HttpContext) {
    const [, digits] = NAME.exec(String(params.name)) ?? []
    const color = `#${digits}`
    if (!digits || !isUsable(color)) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    const isLasting = params.name === themeSheetName(color)
    response.header(
      'Cache-Control',
      isLasting ? 'public, max-age=31536000, immutable' : 'public, max-age=0'
    )
    response.header('Content-Type', 'text/css; charset=utf-8')
    return response.send(themeSheet(color))
  }
}
