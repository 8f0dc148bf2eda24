import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { unpackVersion } from '#database/version'
import { SetClient } from '#actions/clients/set_client'
import { actorOf } from '#audit/actor'
import { lastChangesOf } from '#audit/last_changes'
import { reconcile, type Overtaken } from '#audit/reconcile'
import { complaintsAbout, settingsOf, valuesOf } from '#controllers/admin/sites/client_form'
import type AuditEntry from '#models/audit_entry'
import Client, { type ClientSettings } from '#models/oidc/client'
import { readAdminForm } from '#validators/admin_form'
import { CLIENT_CHOICES, clientSettingsValidator } from '#validators/client'
import { fieldOf } from '#validators/field'
import type { FormState } from '#validators/form'

/* `Client.settingsVersion`, with the maximum number of addresses. */
const LONGEST_VERSION = 120_000

/** What administrators decide about a site. */
export default class ClientSettingsController {
  async edit(ctx: HttpContext) {
    const client = await Client.findByOrFail('publicId', ctx.params.id)
    return this.#show(ctx, client, { version: client.settingsVersion })
  }

  @inject()
  async update(ctx: HttpContext, setClient: SetClient) {
    const { params, response, session, view, i18n } = ctx
    const client = await Client.findByOrFail('publicId', params.id)
    const version = fieldOf(ctx, 'version', LONGEST_VERSION)
    const form = await readAdminForm(ctx, clientSettingsValidator)
    if (!form.valid) return this.#show(ctx, client, { version, form: form.form })

    const { clientId } = client
    const settings = settingsOf(form.data)
    const setting = await setClient.handle({ ...settings, clientId, version, actor: actorOf(ctx) })
    const again = (errors: FormState['errors']) =>
      this.#show(ctx, client, { version, form: { values: form.values, errors } })
    switch (setting.kind) {
      case 'changed':
        if (setting.webhookSecret) {
          const { webhookSecret } = setting
          return view.render('pages/admin/webhook_secrets/once', { client, webhookSecret })
        }
        session.flash('notice', i18n.t('clients.notices.changed'))
        return response.redirect(`/admin/clients/${params.id}`, false, 303)
      case 'stale':
        return this.#showOvertaken(ctx, setting.client, settings)
      case 'bad_address':
        return again(complaintsAbout(ctx, setting.addresses))
      case 'pairwise_used':
        return again({ pairwise: i18n.t('clients.problems.pairwise_used') })
      default:
        session.flash('problem', i18n.t('admin.problems.gone'))
        return response.redirect('/admin/clients', false, 303)
    }
  }

  /**
   * Says what somebody else has changed since the form was opened. The form carries the
   * current version, so that it can be sent again knowingly.
   */
  async #showOvertaken(ctx: HttpContext, client: Client, mine: ClientSettings) {
    const shown = Object(unpackVersion(fieldOf(ctx, 'version', LONGEST_VERSION)))
    const [, read] = await clientSettingsValidator.tryValidate({ ...shown, label: shown.name })
    /* A version that nobody was shown tells no changes: only the current settings count. */
    const { settings } = client
    const { merged, overtaken } = read
      ? reconcile(settingsOf(read), mine, settings)
      : { merged: settings, overtaken: [] }

    const fields = overtaken.map(({ field }) => field)
    const entries = await lastChangesOf(client.asAuditSubject, fields)
    return this.#show(ctx, client, {
      version: client.settingsVersion,
      form: { values: valuesOf(merged), errors: {} },
      overtaken: overtaken.map((change) => ({ ...change, entry: entries[change.field] })),
    })
  }

  async #show(ctx: HttpContext, client: Client, { version, form, overtaken }: Shown) {
    if (form) ctx.response.status(overtaken ? 409 : 422)
    return ctx.view.render('pages/admin/client_settings/edit', {
      client,
      version,
      form,
      overtaken,
      choices: CLIENT_CHOICES,
      settings: valuesOf(client.settings),
      isUsed: await client.isUsed(),
    })
  }
}

interface Shown {
  version: string
  form?: FormState
  /** What somebody else changed while the form was open. */
  overtaken?: (Overtaken<ClientSettings> & { entry?: AuditEntry })[]
}
