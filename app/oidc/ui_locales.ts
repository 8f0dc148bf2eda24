import i18nManager from '@adonisjs/i18n/services/main'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { COOKIE_OPTIONS, cookieName } from '#auth/cookies'

/** Shows the following pages in the first language that the site asked for and that we have. */
export async function speakAsAsked(ctx: KoaContextWithOIDC, next: () => Promise<void>) {
  await next()
  const { Interaction: interaction } = ctx.oidc?.entities ?? {}
  const asked = interaction?.params.ui_locales
  if (typeof asked !== 'string') return
  const locale = i18nManager.getSupportedLocaleFor(asked.split(' '))
  if (locale) ctx.cookies.set(cookieName('locale'), locale, { ...COOKIE_OPTIONS, signed: false })
}
