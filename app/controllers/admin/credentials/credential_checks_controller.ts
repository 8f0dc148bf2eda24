import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { CheckKeys } from '#actions/providers/check_keys'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { tellOfKeyCheck } from '#set_up/key_check_notice'

/** Whether the provider accepts these keys. */
export default class CredentialChecksController {
  @inject()
  async store(ctx: HttpContext, checkKeys: CheckKeys) {
    const { params, request, response, session, i18n } = ctx
    const credential = await ProviderCredential.findByOrFail('publicId', params.id)
    const provider = await Provider.findOrFail(credential.providerId)

    if (credential.status === 'revoked') session.flash('problem', i18n.t('admin.problems.revoked'))
    else tellOfKeyCheck(ctx, provider, await checkKeys.handle(credential))
    const back = request.input('page') === 'rotation' ? '/rotation#test' : '#trials'
    return response.redirect(`/admin/providers/${provider.publicId}${back}`, false, 303)
  }
}
