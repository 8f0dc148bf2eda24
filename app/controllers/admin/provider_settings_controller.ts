import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeProvider } from '#actions/change_provider'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'
import { readAdminForm } from '#validators/admin_form'
import type { FormState } from '#validators/form'
import { providerSettingsValidator, SETTING_CHOICES } from '#validators/provider'

/** How people may sign in through a provider. */
export default class ProviderSettingsController {
  async edit(ctx: HttpContext) {
    const provider = await Provider.findByOrFail('publicId', ctx.params.id)
    return this.#show(ctx, provider, { version: provider.settingsVersion })
  }

  @inject()
  async update(ctx: HttpContext, changeProvider: ChangeProvider) {
    const { params, request, response, session, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const version = String(request.input('version'))
    const form = await readAdminForm(ctx, providerSettingsValidator)
    if (!form.valid) return this.#show(ctx, provider, { version, form: form.form })

    const change = await changeProvider.handle(provider, {
      settings: form.data,
      seenVersion: version,
      actor: actorOf(ctx),
    })
    switch (change.kind) {
      case 'changed':
        session.flash('notice', i18n.t('admin.notices.changed'))
        return response.redirect(`/admin/providers/${params.id}`, false, 303)
      case 'stale':
        return this.#show(ctx, provider, {
          version,
          form: { values: form.values, errors: {} },
          stale: true,
        })
      case 'gone':
        return response.redirect('/admin/providers', false, 303)
    }
  }

  #show(
    ctx: HttpContext,
    provider: Provider,
    { version, form, stale }: { version: string; form?: FormState; stale?: true }
  ) {
    if (form) ctx.response.status(stale ? 409 : 422)
    return ctx.view.render('pages/admin/provider_settings/edit', {
      provider,
      version,
      form,
      stale,
      choices: SETTING_CHOICES,
    })
  }
}
