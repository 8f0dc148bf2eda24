import type { HttpContext } from '@adonisjs/core/http'
import Provider from '#models/provider'

/** The switch of a provider. */
export default class ProviderActivationsController {
  /** On. */
  async store({ params, response, session, i18n }: HttpContext) {
    const provider = await Provider.findByOrFail('publicId', params.id)
    const [kind, message] = (await provider.enable())
      ? ['notice', 'admin.notices.enabled']
      : ['problem', 'admin.problems.no_active_credential']
    session.flash(kind, i18n.t(message))
    return response.redirect(`/admin/providers/${params.id}`, false, 303)
  }

  /** Off. */
  async destroy({ params, response, session, i18n }: HttpContext) {
    const provider = await Provider.findByOrFail('publicId', params.id)
    await provider.disable()
    session.flash('notice', i18n.t('admin.notices.disabled'))
    return response.redirect(`/admin/providers/${params.id}`, false, 303)
  }
}
