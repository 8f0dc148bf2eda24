import { errors, inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { DisconnectIdentity } from '#actions/links/disconnect_identity'
import { waysIn } from '#auth/ways_in'
import { connectedServicesUrl } from '#sandbox/connected_services'
import { failureNotice } from '#trip/failure_notice'
import { socialPanel } from '#trip/panel'

export default class SignInMethodsController {
  /** `GET /account/sign_in_methods` */
  async index(ctx: HttpContext) {
    const { auth, view } = ctx
    const user = auth.getUserOrFail()
    const ways = await waysIn(user)
    const providers = await socialPanel(ctx)
    const linked = ways.identities
      .filter(({ isUnlinked }) => !isUnlinked)
      .map(({ provider }) => provider.key)
    return view.render('pages/account/sign_in_methods', {
      user,
      ways,
      practiceUrls: await Promise.all(
        ways.identities.map(({ provider }) => connectedServicesUrl(provider))
      ),
      isRecent: auth.use('web').isRecent,
      connectable: providers.filter(({ key }) => !linked.includes(key)),
      failure: await failureNotice(ctx, providers),
    })
  }

  /** `POST /account/sign_in_methods/:id/disconnect` */
  @inject()
  async destroy(ctx: HttpContext, disconnect: DisconnectIdentity) {
    const { auth, params, request, response, session, i18n } = ctx
    const guard = auth.use('web')
    const outcome = await disconnect.handle(params.id, guard.session!)
    switch (outcome.kind) {
      case 'disconnected': {
        await guard.renew({ keepProof: true })
        const say = outcome.keptThisSession ? 'disconnected_here' : 'disconnected'
        session.flash('notice', i18n.t(`account.methods.${say}`, { provider: outcome.provider }))
        break
      }
      case 'last_way_in':
        session.flash('problem', i18n.t('account.methods.last_way_in'))
        break
      case 'unknown':
        throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    return response.redirect('/account/sign_in_methods', false, 303)
  }
}
