import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { RevokeCredential } from '#actions/credentials/revoke_credential'
import { actorOf } from '#audit/actor'
import {
  keysVersionOf,
  tellWhatChanged,
} from '#controllers/admin/credentials/credential_conflict_page'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

/** The end of a credential; asked twice, since nothing brings it back. */
export default class CredentialRevocationsController {
  async create({ params, view }: HttpContext) {
    const credential = await ProviderCredential.findByOrFail('publicId', params.id)
    const provider = await Provider.findOrFail(credential.providerId)
    await provider.load('credentials')
    return view.render('pages/admin/credential_revocations/create', { credential, provider })
  }

  @inject()
  async store(ctx: HttpContext, revokeCredential: RevokeCredential) {
    const { params, request, response, session, i18n } = ctx
    const credential = await ProviderCredential.findByOrFail('publicId', params.id)
    const provider = await Provider.findOrFail(credential.providerId)

    const revocation = await revokeCredential.handle(credential, {
      version: keysVersionOf(ctx),
      switchOff: request.input('switchOff') === 'true',
      actor: actorOf(ctx),
    })
    switch (revocation.kind) {
      case 'revoked':
        session.flash('notice', i18n.t('admin.notices.credential_revoked'))
        break
      case 'stale':
        return tellWhatChanged(ctx, provider)
      default:
        session.flash('problem', i18n.t(`admin.problems.${revocation.kind}`))
    }
    return response.redirect(`/admin/providers/${provider.publicId}`, false, 303)
  }
}
