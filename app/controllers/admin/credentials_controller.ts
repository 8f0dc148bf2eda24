import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AddCredential } from '#actions/add_credential'
import { CheckKeys } from '#actions/check_keys'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { DRIVERS } from '#social/drivers'
import { tellOfKeyCheck } from '#social/key_check_notice'
import { readAdminForm } from '#validators/admin_form'
import type { FormState } from '#validators/form'
import { credentialValidator } from '#validators/credential'

/** New keys of a provider that there is already. */
export default class CredentialsController {
  async create(ctx: HttpContext) {
    return this.#show(ctx, await Provider.findByOrFail('publicId', ctx.params.id))
  }

  @inject()
  async store(ctx: HttpContext, addCredential: AddCredential, checkKeys: CheckKeys) {
    const { params, response, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const { secretOptional } = DRIVERS[provider.driver]
    const form = await readAdminForm(ctx, credentialValidator, { meta: { secretOptional } })
    if (!form.valid) return this.#show(ctx, provider, form.form)

    const { clientId, clientSecret = null, label = null } = form.data
    const keys = { clientId, clientSecret, label, actor: actorOf(ctx) }
    const addition = await addCredential.handle(provider, keys)
    switch (addition.kind) {
      case 'added': {
        const check = await checkKeys.handle(ctx, addition.credential)
        tellOfKeyCheck(ctx, provider, check, i18n.t('admin.notices.credential_added'))
        return response.redirect(`/admin/providers/${params.id}`, false, 303)
      }
      case 'replaced_sandbox': {
        const { provider: real } = addition
        const credential = await ProviderCredential.findOrFail(real.activeCredentialId)
        const check = await checkKeys.handle(ctx, credential)
        tellOfKeyCheck(ctx, real, check, i18n.t('admin.notices.sandbox_replaced'))
        return response.redirect(`/admin/providers/${real.publicId}`, false, 303)
      }
      case 'another_application':
        return this.#show(ctx, provider, {
          values: form.values,
          errors: { clientId: i18n.t('admin.problems.another_application') },
        })
      case 'gone':
        return response.redirect('/admin/providers', false, 303)
    }
  }

  async #show(ctx: HttpContext, provider: Provider, form?: FormState) {
    await provider.load('activeCredential')
    if (form) ctx.response.status(422)
    return ctx.view.render('pages/admin/credentials/create', {
      provider,
      form,
      secretOptional: DRIVERS[provider.driver].secretOptional,
    })
  }
}
