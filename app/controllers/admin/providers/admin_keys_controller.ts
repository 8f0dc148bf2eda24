import { errors, inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeProvider } from '#actions/providers/change_provider'
import { actorOf } from '#audit/actor'
import Provider from '#models/provider'
import { readAdminForm } from '#validators/admin_form'
import { fieldOf } from '#validators/field'
import type { FormState } from '#validators/form'
import { adminKeyValidator } from '#validators/provider'

/** The admin key of an application, where its provider issues one. Write-only: never shown. */
@inject()
export default class AdminKeysController {
  constructor(private changeProvider: ChangeProvider) {}

  async edit(ctx: HttpContext) {
    return this.#show(ctx, await this.#find(ctx))
  }

  async update(ctx: HttpContext) {
    const provider = await this.#find(ctx)
    const form = await readAdminForm(ctx, adminKeyValidator)
    if (!form.valid) return this.#show(ctx, provider, { form: form.form })
    return this.#change(ctx, provider, form.data.adminKey)
  }

  async destroy(ctx: HttpContext) {
    return this.#change(ctx, await this.#find(ctx), null)
  }

  async #change(ctx: HttpContext, provider: Provider, adminKey: string | null) {
    const { response, session, i18n } = ctx
    const change = await this.changeProvider.handle(provider, {
      settings: {},
      adminKey,
      adminKeyVersion: fieldOf(ctx, 'version'),
      actor: actorOf(ctx),
    })
    switch (change.kind) {
      case 'changed':
        session.flash('notice', i18n.t(`provider.admin_key.${adminKey ? 'saved' : 'removed'}`))
        return response.redirect(`/admin/providers/${provider.publicId}`, false, 303)
      case 'stale':
        return this.#show(ctx, change.provider, { stale: true })
      case 'gone':
        return response.redirect('/admin/providers', false, 303)
    }
  }

  /** Only drivers that use admin keys have this page, and a sandbox row never keeps a real one. */
  async #find({ params, request }: HttpContext): Promise<Provider> {
    const provider = await Provider.findByOrFail('publicId', params.id)
    if (provider.takesAdminKey) return provider
    throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
  }

  #show(
    { response, view }: HttpContext,
    provider: Provider,
    { form, stale = false }: { form?: FormState; stale?: boolean } = {}
  ) {
    if (form || stale) response.status(stale ? 409 : 422)
    return view.render('pages/admin/admin_keys/edit', { provider, form, stale })
  }
}
