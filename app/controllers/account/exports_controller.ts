import type { HttpContext } from '@adonisjs/core/http'
import { keptAbout } from '#searches/kept_about'
import { now, SITE_ZONE } from '#time/clock'

/** A copy of everything that is kept about a member. */
export default class ExportsController {
  /** `GET /account/export`, which requires a recent sign-in. */
  async show({ auth, response }: HttpContext) {
    const kept = await keptAbout(auth.use('web').getUserOrFail())
    const day = now().setZone(SITE_ZONE).toFormat('yyyy-MM-dd')
    response.header('Content-Type', 'application/json; charset=utf-8')
    response.header('Content-Disposition', `attachment; filename="account-${day}.json"`)
    return response.send(`${JSON.stringify(kept, null, 2)}\n`)
  }
}
