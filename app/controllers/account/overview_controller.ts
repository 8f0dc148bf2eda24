import type { HttpContext } from '@adonisjs/core/http'
import { waysIn } from '#auth/ways_in'
import { sitesOfMember } from '#searches/sites_of_member'
import UserSession from '#models/user_session'

export default class OverviewController {
  /** `GET /account`: what people see about themselves, and where to change it. */
  async show({ auth, view }: HttpContext) {
    const user = auth.getUserOrFail()
    const ways = await waysIn(user)
    const sessions = await UserSession.aliveOf(user.id)
    return view.render('pages/account/overview', {
      user,
      ways,
      devices: sessions.length,
      sites: await sitesOfMember(user.id),
      unproved: user.email === null ? ways.identities.find(({ email }) => email) : undefined,
    })
  }
}
