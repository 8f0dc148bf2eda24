import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AddCredential } from '#actions/credentials/add_credential'
import { CheckKeys } from '#actions/providers/check_keys'
import { type RefusedKeys, takePastedKeys } from '#controllers/admin/credentials/pasted_keys'
import { GRACE_CHOICES, USUAL_GRACE } from '#models/grace'
import Provider from '#models/provider'
import { callbackUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import { tellOfKeyCheck } from '#set_up/key_check_notice'

/**
 * Replaces the key in use with a new one, on one page: issue, paste, test, take into use,
 * remove the old one. Only the keys are stored: their status shows how far it has got.
 */
export default class RotationsController {
  async show(ctx: HttpContext) {
    return this.#show(ctx, await Provider.findByOrFail('publicId', ctx.params.id))
  }

  /** Takes the new pair as pasted. */
  @inject()
  async store(ctx: HttpContext, addCredential: AddCredential, checkKeys: CheckKeys) {
    const { params, response, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const addition = await takePastedKeys(ctx, provider, addCredential, {
      approvedLosses: null,
    })
    switch (addition.kind) {
      case 'refused':
        return this.#show(ctx, provider, addition)
      /* Pasted twice, no matter by whom: it is already waiting. */
      case 'added':
      case 'known': {
        const check = await checkKeys.handle(addition.credential)
        tellOfKeyCheck(ctx, provider, check, i18n.t('rotation.notices.pasted'))
        return response.redirect(`/admin/providers/${params.id}/rotation`, false, 303)
      }
      default:
        return response.redirect('/admin/providers', false, 303)
    }
  }

  async #show(ctx: HttpContext, provider: Provider, refused?: RefusedKeys) {
    await provider.load('credentials', (query) => query.orderBy('id', 'desc'))
    const { credentials, activeCredentialId, driver, publicId } = provider
    const active = credentials.find(({ id }) => id === activeCredentialId)
    if (!active) {
      return ctx.response.redirect(`/admin/providers/${publicId}/credentials/create`, false, 303)
    }

    if (refused) ctx.response.status(refused.changes ? 409 : 422)
    return ctx.view.render('pages/admin/rotations/show', {
      provider,
      active,
      drafts: credentials.filter(({ status }) => status === 'draft'),
      retiring: credentials.filter(({ status }) => status === 'retiring'),
      callbackUrl: callbackUrl(provider),
      secretOptional: DRIVERS[driver].secretOptional,
      graces: GRACE_CHOICES,
      usualGrace: USUAL_GRACE,
      form: refused?.form,
      changes: refused?.changes,
    })
  }
}
