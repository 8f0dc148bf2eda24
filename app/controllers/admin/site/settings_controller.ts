import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { ChangeSite } from '#actions/site/change_site'
import { actorOf } from '#audit/actor'
import { reconcile, type Overtaken } from '#audit/reconcile'
import { unpackVersion } from '#database/version'
import { OUR_COLOR } from '#look/palette'
import Site, { type SiteSettings } from '#models/site/site'
import { siteFor } from '#site/present'
import { previewOf } from '#site/preview'
import { readAdminForm } from '#validators/admin_form'
import { fieldOf } from '#validators/field'
import type { FormState } from '#validators/form'
import { siteSettingsValidator } from '#validators/site'

/* `Site.settingsVersion` with every text at its longest, in Hangul. */
const LONGEST_VERSION = 10_000

type Typed = Partial<Record<keyof SiteSettings, unknown>>

/** What this site is called, whom to ask, and whom it lets in. */
export default class SettingsController {
  /** `GET /admin/site` */
  async edit(ctx: HttpContext) {
    const site = await Site.present()
    return this.#show(ctx, site, { version: site.settingsVersion })
  }

  /** `POST /admin/site` */
  @inject()
  async update(ctx: HttpContext, changeSite: ChangeSite) {
    const { response, session, i18n } = ctx
    const version = fieldOf(ctx, 'version', LONGEST_VERSION)
    takeNearest(ctx)
    const form = await readAdminForm(ctx, siteSettingsValidator)
    if (!form.valid) return this.#show(ctx, await Site.present(), { version, form: form.form })

    const settings = decided(form.data)
    const change = await changeSite.handle({ settings, version, actor: actorOf(ctx) })
    if (change.kind === 'stale') return this.#showOvertaken(ctx, change.site, settings)
    session.flash('notice', i18n.t('site.notices.changed'))
    return response.redirect('/admin/site', false, 303)
  }

  /**
   * Says what somebody else has changed since the form was opened. The form carries the
   * current version, so that it can be sent again knowingly.
   */
  async #showOvertaken(ctx: HttpContext, site: Site, mine: Partial<SiteSettings>) {
    const shown = unpackVersion(fieldOf(ctx, 'version', LONGEST_VERSION))
    const [, before] = await siteSettingsValidator.tryValidate(Object(shown))
    const fields = Object.keys(mine) as (keyof SiteSettings)[]
    const settings = Object.fromEntries(fields.map((field) => [field, site[field]]))
    const { merged, overtaken } = before
      ? reconcile(decided(before), mine, settings)
      : { merged: settings, overtaken: [] }
    const form = { values: merged, errors: {} }
    return this.#show(ctx, site, { version: site.settingsVersion, form, overtaken })
  }

  async #show(ctx: HttpContext, site: Site, { version, form, overtaken }: Shown) {
    if (form) ctx.response.status(overtaken ? 409 : 422)
    const preview = previewOf(await siteFor(ctx), ctx.i18n, form?.values)
    return ctx.view.render('pages/admin/site/settings', {
      site,
      version,
      form,
      overtaken,
      preview,
      nearest: preview.nearest,
      ourColor: OUR_COLOR,
    })
  }
}

/** Puts the colour that the page offered in the place of the typed one, if that was pressed. */
function takeNearest({ request }: HttpContext) {
  const { nearest, ...body } = request.body()
  if (nearest !== undefined) request.updateBody({ ...body, color: nearest })
}

/** A form's values; what was left empty is decided to be nothing. */
function decided<T extends Typed>(typed: T) {
  const texts = ['name', 'nameEn', 'contact', 'business', 'homeUrl', 'color'] as const
  const empty = Object.fromEntries(texts.map((field) => [field, null]))
  return { ...empty, ...typed } as Partial<SiteSettings>
}

interface Shown {
  version: string
  form?: FormState
  /** What somebody else changed while the form was open. */
  overtaken?: Overtaken<Partial<SiteSettings>>[]
}
