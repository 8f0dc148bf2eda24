import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { TakeBack } from '#actions/clients/take_back'
import Client from '#models/oidc/client'
import { sitesOfMember } from '#searches/sites_of_member'

/** The other sites on which a member signs in with this account. */
export default class SitesController {
  /** `GET /account/sites` */
  async index({ auth, view }: HttpContext) {
    const sites = await sitesOfMember(auth.getUserOrFail().id)
    return view.render('pages/account/sites', { sites })
  }

  /** `POST /account/sites/:id/take_back` */
  @inject()
  async destroy({ auth, params, response, session, i18n }: HttpContext, takeBack: TakeBack) {
    const client = await Client.findByOrFail('publicId', params.id)
    await takeBack.handle(client, auth.use('web').session!)
    session.flash('notice', i18n.t('account.sites.taken_back', { site: client.name }))
    return response.redirect('/account/sites', false, 303)
  }
}
