import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ActivateCredential } from '#actions/credentials/activate_credential'
import { actorOf } from '#audit/actor'
import { asksFirst } from '#controllers/admin/credentials/wrong_key_question'
import {
  keysVersionOf,
  tellWhatChanged,
} from '#controllers/admin/credentials/credential_conflict_page'
import { parseGrace } from '#models/grace'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

/** Which credential new sign-ins use. */
export default class CredentialActivationsController {
  @inject()
  async store(ctx: HttpContext, activateCredential: ActivateCredential) {
    const { params, request, response, session, i18n } = ctx
    const credential = await ProviderCredential.findByOrFail('publicId', params.id)
    const provider = await Provider.findOrFail(credential.providerId)
    if (asksFirst(ctx, credential)) {
      return response.redirect(`/admin/providers/${provider.publicId}`, false, 303)
    }

    const activation = await activateCredential.handle(credential, {
      version: keysVersionOf(ctx),
      graceMs: parseGrace(request.input('grace')) ?? undefined,
      actor: actorOf(ctx),
    })
    switch (activation.kind) {
      case 'activated':
        session.flash('notice', i18n.t('admin.notices.credential_activated'))
        break
      case 'rolled_back':
        session.flash('notice', i18n.t('rotation.notices.rolled_back'))
        break
      case 'stale':
        return tellWhatChanged(ctx, provider)
      default:
        session.flash('problem', i18n.t(`admin.problems.${activation.kind}`))
    }

    /* The rotation page says what is left to do with the previous one. */
    const retiring = await provider
      .related('credentials')
      .query()
      .where('status', 'retiring')
      .first()
    const next = activation.kind === 'activated' && retiring ? '/rotation' : ''
    return response.redirect(`/admin/providers/${provider.publicId}${next}`, false, 303)
  }
}
