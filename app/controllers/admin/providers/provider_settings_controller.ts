import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { unpackVersion } from '#database/version'
import { ChangeProvider } from '#actions/providers/change_provider'
import { actorOf } from '#audit/actor'
import { lastChangesOf } from '#audit/last_changes'
import { reconcile, type Overtaken } from '#audit/reconcile'
import type AuditEntry from '#models/audit_entry'
import Provider, { type ProviderSettings } from '#models/provider'
import { DRIVERS } from '#protocol/drivers'
import { previewOf } from '#set_up/preview'
import { readAdminForm } from '#validators/admin_form'
import { fieldOf } from '#validators/field'
import type { FormState } from '#validators/form'
import { providerSettingsValidator, SETTING_CHOICES } from '#validators/provider'

/* `Provider.settingsVersion`, with the maximum number of scopes. */
const LONGEST_VERSION = 10_000

/** How people may sign in through a provider. */
export default class ProviderSettingsController {
  async edit(ctx: HttpContext) {
    const provider = await Provider.findByOrFail('publicId', ctx.params.id)
    return this.#show(ctx, provider, { version: provider.settingsVersion })
  }

  @inject()
  async update(ctx: HttpContext, changeProvider: ChangeProvider) {
    const { params, response, session, i18n } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    const version = fieldOf(ctx, 'version', LONGEST_VERSION)
    const { driver, scopes } = provider
    const form = await readAdminForm(ctx, providerSettingsValidator, { meta: { driver, scopes } })
    if (!form.valid) return this.#show(ctx, provider, { version, form: form.form })

    const settings = form.data
    const change = await changeProvider.handle(provider, {
      settings,
      settingsVersion: version,
      actor: actorOf(ctx),
    })
    switch (change.kind) {
      case 'changed': {
        const toTry = settings.scopes.some((one) => !scopes.includes(one))
        session.flash('notice', i18n.t(`admin.notices.${toTry ? 'scopes_changed' : 'changed'}`))
        return response.redirect(`/admin/providers/${params.id}`, false, 303)
      }
      case 'stale':
        return this.#showOvertaken(ctx, change.provider, settings)
      case 'gone':
        return response.redirect('/admin/providers', false, 303)
    }
  }

  /**
   * Says what somebody else has changed since the form was opened. The form carries the
   * current version, so that it can be sent again knowingly.
   */
  async #showOvertaken(ctx: HttpContext, provider: Provider, mine: ProviderSettings) {
    const shown = unpackVersion(fieldOf(ctx, 'version', LONGEST_VERSION))
    const { driver } = provider
    const [, before] = await providerSettingsValidator.tryValidate(
      { ...Object(shown), scopesChecked: true },
      { meta: { driver, scopes: [] } }
    )
    /* A version that nobody was shown tells no changes: only the current settings count. */
    const { settings } = provider
    const { merged, overtaken } = before
      ? reconcile(before, mine, settings)
      : { merged: settings, overtaken: [] }

    const fields = overtaken.map(({ field }) => field)
    const entries = await lastChangesOf(provider.asAuditSubject, fields)
    return this.#show(ctx, provider, {
      version: provider.settingsVersion,
      form: { values: { ...merged, scopes: merged.scopes.join(' ') }, errors: {} },
      overtaken: overtaken.map((change) => ({ ...change, entry: entries[change.field] })),
    })
  }

  async #show(ctx: HttpContext, provider: Provider, { version, form, overtaken }: Shown) {
    if (form) ctx.response.status(overtaken ? 409 : 422)
    const { label, hidden } = form ? form.values : provider
    const typed = { label: String(label ?? ''), hidden: String(hidden) === 'true' }
    return ctx.view.render('pages/admin/provider_settings/edit', {
      provider,
      version,
      form,
      overtaken,
      preview: await previewOf(provider, typed),
      ownDomains: DRIVERS[provider.driver].ownDomains,
      takesScopes: DRIVERS[provider.driver].scopes.length > 0,
      choices: SETTING_CHOICES,
    })
  }
}

interface Shown {
  version: string
  form?: FormState
  /** What somebody else changed while the form was open. */
  overtaken?: (Overtaken<ProviderSettings> & { entry?: AuditEntry })[]
}
