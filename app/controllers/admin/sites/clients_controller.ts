import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SetClient } from '#actions/clients/set_client'
import { actorOf } from '#audit/actor'
import { complaintsAbout, settingsOf } from '#controllers/admin/sites/client_form'
import { figuresOfSite } from '#health/site_figures'
import Client from '#models/oidc/client'
import ClientFailure from '#models/oidc/client_failure'
import { siteAddresses, snippetsFor } from '#set_up/site_snippets'
import SiteMessage from '#models/oidc/site_message'
import { diagnosesOf, loopDiagnosis } from '#set_up/site_diagnosis'
import { readAdminForm } from '#validators/admin_form'
import { CLIENT_CHOICES, newClientValidator } from '#validators/client'
import type { FormState } from '#validators/form'

/** The sites whose visitors sign in through this one. */
export default class ClientsController {
  /** `GET /admin/clients` */
  async index({ view }: HttpContext) {
    const clients = await Client.query()
      .preload('secrets')
      .withCount('members')
      .orderBy('name')
      .orderBy('id')
    return view.render('pages/admin/clients/index', { clients })
  }

  /** `GET /admin/clients/create` */
  create(ctx: HttpContext) {
    return this.#showCreate(ctx)
  }

  /** `POST /admin/clients/create`: a secret of ours is shown on the answer, and never again. */
  @inject()
  async store(ctx: HttpContext, setClient: SetClient) {
    const { response, session, view, i18n } = ctx
    const form = await readAdminForm(ctx, newClientValidator)
    if (!form.valid) return this.#showCreate(ctx, form.form)

    const { siteId: clientId, kind, ...typed } = form.data
    const wish = { ...settingsOf(typed), clientId, kind, isNew: true, actor: actorOf(ctx) }
    const setting = await setClient.handle(wish)
    switch (setting.kind) {
      case 'bad_address':
        return this.#showCreate(ctx, {
          values: form.values,
          errors: complaintsAbout(ctx, setting.addresses),
        })
      case 'created': {
        const { client, secret, webhookSecret } = setting
        if (secret || webhookSecret) {
          return view.render('pages/admin/client_secrets/once', { client, secret, webhookSecret })
        }
        session.flash('notice', i18n.t('clients.notices.created'))
        return response.redirect(`/admin/clients/${client.publicId}`, false, 303)
      }
      default:
        return this.#showCreate(ctx, {
          values: form.values,
          errors: { siteId: i18n.t('clients.problems.taken', { id: clientId }) },
        })
    }
  }

  /** `GET /admin/clients/:id` */
  async show({ params, view, i18n }: HttpContext) {
    const client = await Client.findByOrFail('publicId', params.id)
    await client.load('secrets', (secrets) => secrets.orderBy('id', 'desc'))
    const figures = await figuresOfSite(client)
    const diagnoses = diagnosesOf(client, await ClientFailure.lastOf(client), i18n)
    return view.render('pages/admin/clients/show', {
      client,
      figures,
      diagnoses: figures.isLooping ? [loopDiagnosis(i18n), ...diagnoses] : diagnoses,
      told: await SiteMessage.standingOf(client),
      members: await client.countMembers(),
      addresses: siteAddresses(),
      snippets: snippetsFor(client),
    })
  }

  #showCreate(ctx: HttpContext, form?: FormState) {
    if (form) ctx.response.status(422)
    return ctx.view.render('pages/admin/clients/create', {
      form,
      choices: CLIENT_CHOICES,
      settings: Client.firstSettings,
    })
  }
}
