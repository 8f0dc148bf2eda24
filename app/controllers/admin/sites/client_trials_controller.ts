import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { TrySite } from '#actions/clients/try_site'
import { randomToken } from '#crypto/random_token'
import Client from '#models/oidc/client'
import ClientTrial from '#models/oidc/client_trial'
import { trialRequest } from '#oidc/trial'

/** An administrator's trial of a site: a whole sign-in in their own browser, as this site. */
export default class ClientTrialsController {
  /** `POST /admin/clients/:id/trials`: begins it, in a tab of its own. */
  async store({ auth, params, response, session, i18n }: HttpContext) {
    const client = await Client.findByOrFail('publicId', params.id)
    if (!client.isEnabled) {
      session.flash('problem', i18n.t('clients.trial.off'))
      return response.redirect(`/admin/clients/${params.id}`, false, 303)
    }
    const state = await ClientTrial.begin(client, auth.use('web').session!)
    return response.redirect(trialRequest(client, state, randomToken()), false, 303)
  }

  /** `GET /admin/client_trials`: comes back from it, and shows what the site would get. */
  @inject()
  async show(ctx: HttpContext, trySite: TrySite) {
    const { auth, request, response, view } = ctx
    const trial = await trySite.handle(ctx, auth.use('web').session!, request.qs())
    if (trial.kind !== 'done') response.status(trial.kind === 'gone' ? 410 : 422)
    return view.render('pages/admin/client_trials/show', { trial })
  }
}
