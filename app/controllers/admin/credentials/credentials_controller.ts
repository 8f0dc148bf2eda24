import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { AddCredential } from '#actions/credentials/add_credential'
import { CheckKeys } from '#actions/providers/check_keys'
import {
  askToReplaceSandbox,
  readAgreement,
} from '#controllers/admin/providers/sandbox_replacement_page'
import Provider from '#models/provider'
import { DRIVERS } from '#protocol/drivers'
import { tellOfKeyCheck } from '#set_up/key_check_notice'
import {
  addPastedKeys,
  type PastedKeys,
  type RefusedKeys,
  takePastedKeys,
} from '#controllers/admin/credentials/pasted_keys'

/** New keys of a provider. If some are already in use, the rotation page takes over. */
export default class CredentialsController {
  async create(ctx: HttpContext) {
    return this.#show(ctx, await Provider.findByOrFail('publicId', ctx.params.id))
  }

  @inject()
  async store(ctx: HttpContext, addCredential: AddCredential, checkKeys: CheckKeys) {
    const { params, response, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const agreed = readAgreement<PastedKeys>(ctx)
    const addition = agreed
      ? await addPastedKeys(ctx, provider, addCredential, agreed)
      : await takePastedKeys(ctx, provider, addCredential)
    switch (addition.kind) {
      case 'refused':
        return this.#show(ctx, provider, addition)
      case 'added':
      case 'known': {
        const check = await checkKeys.handle(addition.credential)
        tellOfKeyCheck(ctx, provider, check, i18n.t('admin.notices.credential_added'))
        return response.redirect(`/admin/providers/${params.id}`, false, 303)
      }
      case 'sandbox_in_the_way': {
        const { pasted: wish, losses } = addition
        const cancel = `/admin/providers/${params.id}`
        return askToReplaceSandbox(ctx, { wish, losses, cancel })
      }
      case 'replaced_sandbox': {
        const { provider: real, credential, losses } = addition
        const check = await checkKeys.handle(credential)
        const saved = i18n.t('admin.notices.sandbox_replaced')
        tellOfKeyCheck(ctx, real, check, `${saved} ${i18n.t('admin.lost', losses)}`)
        return response.redirect(`/admin/providers/${real.publicId}`, false, 303)
      }
      default:
        return response.redirect('/admin/providers', false, 303)
    }
  }

  async #show(ctx: HttpContext, provider: Provider, refused?: RefusedKeys) {
    await provider.load('credentials')
    if (refused) ctx.response.status(refused.changes ? 409 : 422)
    return ctx.view.render('pages/admin/credentials/create', {
      provider,
      active: provider.credentials.find(({ id }) => id === provider.activeCredentialId),
      form: refused?.form,
      changes: refused?.changes,
      secretOptional: DRIVERS[provider.driver].secretOptional,
    })
  }
}
