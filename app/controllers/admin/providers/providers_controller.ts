import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { CheckKeys } from '#actions/providers/check_keys'
import { CreateProvider, type NewProvider } from '#actions/providers/create_provider'
import { actorOf } from '#audit/actor'
import {
  askToReplaceSandbox,
  readAgreement,
} from '#controllers/admin/providers/sandbox_replacement_page'
import { lastDayOf } from '#health/figures'
import { secretsKeyOpens } from '#models/key_check'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import { callbackUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import { tellOfKeyCheck } from '#set_up/key_check_notice'
import { buttonsOf } from '#trip/panel'
import { previewOf } from '#set_up/preview'
import { setUpGuide } from '#set_up/set_up_guide'
import { readAdminForm } from '#validators/admin_form'
import type { FormState } from '#validators/form'
import { DRIVER_NAMES, newProviderValidator } from '#validators/provider'

/**
 * Renders the list of providers.
 *
 * @param stale the order has been changed on another page since this one was opened
 */
export async function showProviders({ response, view }: HttpContext, { stale = false } = {}) {
  const providers = await Provider.query()
    .preload('activeCredential')
    .withScopes((scopes) => scopes.inOrder())
  if (stale) response.status(409)
  return view.render('pages/admin/providers/index', {
    providers,
    orderVersion: Provider.orderVersion(providers),
    stale,
    lastDays: await lastDayOf(providers),
    preview: { buttons: buttonsOf(providers.filter(({ hasButton }) => hasButton)), state: 'all' },
    secretsReadable: await secretsKeyOpens(),
  })
}

/** A provider as requested; `typed` is what a form may show again. */
type Wish = Omit<NewProvider, 'actor'> & { typed: FormState['values'] }

export default class ProvidersController {
  index(ctx: HttpContext) {
    return showProviders(ctx)
  }

  create(ctx: HttpContext) {
    return this.#showCreate(ctx)
  }

  /** If a practice provider would have to give way, first shows what goes with it. */
  @inject()
  async store(ctx: HttpContext, createProvider: CreateProvider, checkKeys: CheckKeys) {
    const { response, i18n } = ctx
    const wish = await this.#wish(ctx)
    if ('errors' in wish) return this.#showCreate(ctx, wish)

    const creation = await createProvider.handle({ ...wish, actor: actorOf(ctx) })
    switch (creation.kind) {
      case 'created': {
        const { provider, credential, losses } = creation
        const saved = [i18n.t('admin.notices.created'), losses && i18n.t('admin.lost', losses)]
        const check = await checkKeys.handle(credential!)
        tellOfKeyCheck(ctx, provider, check, saved.filter(Boolean).join(' '))
        return response.redirect(`/admin/providers/${provider.publicId}`, false, 303)
      }
      case 'sandbox_in_the_way':
        return askToReplaceSandbox(ctx, { wish, losses: creation.losses })
      case 'key_taken':
        return this.#showCreate(ctx, {
          values: wish.typed,
          errors: { key: i18n.t('admin.problems.key_taken', { key: wish.key }) },
        })
    }
  }

  /** What was typed, or what was agreed to on the page that asks; or the form with its errors. */
  async #wish(ctx: HttpContext) {
    const agreed = readAgreement<Wish>(ctx)
    if (agreed) return agreed
    const form = await readAdminForm(ctx, newProviderValidator)
    if (!form.valid) return form.form

    const { driver, key = driver, label, clientId, clientSecret = null } = form.data
    const settings = label ? { label } : {}
    return { key, driver, settings, keys: { clientId, clientSecret }, typed: form.values }
  }

  async show(ctx: HttpContext) {
    const { params, view } = ctx
    const provider = await Provider.findByOrFail('publicId', params.id)
    await provider.load('credentials', (query) => query.orderBy('id', 'desc'))
    /* Not by the database: MySQL sorts by the order in which the states were defined. */
    provider.credentials.sort((one, other) => one.status.localeCompare(other.status))
    const lastDays = await lastDayOf([provider])
    return view.render('pages/admin/providers/show', {
      provider,
      active: provider.credentials.find(({ id }) => id === provider.activeCredentialId),
      preview: await previewOf(provider),
      guide: await setUpGuide(ctx, provider),
      lastDay: lastDays.get(provider.id),
      secretsReadable: await secretsKeyOpens(),
      trials: await SignInAttempt.lastTrials(provider.id),
    })
  }

  #showCreate(ctx: HttpContext, form?: FormState) {
    if (form) ctx.response.status(422)
    const drivers = DRIVER_NAMES.map((name) => ({
      name,
      label: DRIVERS[name].defaults.label,
      callbackUrl: callbackUrl({ key: name }),
    }))
    return ctx.view.render('pages/admin/providers/create', { form, drivers })
  }
}
