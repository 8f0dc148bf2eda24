import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ActivateCredential } from '#actions/activate_credential'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

/** Which credential new sign-ins use. */
export default class CredentialActivationsController {
  @inject()
  async store(ctx: HttpContext, activateCredential: ActivateCredential) {
    const { params, response, session, i18n } = ctx
    const credential = await ProviderCredential.findByOrFail('publicId', params.id)
    const provider = await Provider.findOrFail(credential.providerId)

    const activation = await activateCredential.handle(credential, {
      seenActiveId: await this.#seenActiveId(ctx, provider),
      actor: actorOf(ctx),
    })
    if (activation.kind === 'activated') {
      session.flash('notice', i18n.t('admin.notices.credential_activated'))
    } else {
      session.flash('problem', i18n.t(`admin.problems.${activation.kind}`))
    }
    return response.redirect(`/admin/providers/${provider.publicId}`, false, 303)
  }

  /** The page sends along which one it showed as active; an unknown id matches none. */
  async #seenActiveId({ request }: HttpContext, provider: Provider): Promise<number | null> {
    const publicId = request.input('seen')
    if (typeof publicId !== 'string') return null
    const seen = await ProviderCredential.findBy({ publicId, providerId: provider.id })
    return seen?.id ?? 0
  }
}
