import type { HttpContext } from '@adonisjs/core/http'
import { ensureBrowserSecret } from '#auth/browser'
import { allowForms } from '#middleware/security_headers_middleware'
import Provider from '#models/provider'
import { noteSiteVersion } from '#site/present'
import { originsOf } from '#trip/driver_for'

/** The data behind a "sign in with …" button. */
export interface ProviderButton {
  key: string
  driver: string
  label: string
  /** What distinguishes it from another button of the same brand, which would look the same. */
  note: string | null
  /** It fails for most visitors right now: text replaces the button where others remain. */
  resting: boolean
  /** Newcomers may sign up through it. */
  signUp: boolean
}

/**
 * Prepares a page that can start a trip: gives the browser its secret, lets the
 * page's forms reach the providers, and lists the buttons. The buttons come from rows
 * alone, without building a driver. `?with=KEY` shows the button of a hidden provider,
 * for people who were given that address.
 */
export async function socialPanel(ctx: HttpContext): Promise<ProviderButton[]> {
  ensureBrowserSecret(ctx)
  const askedFor: unknown = ctx.request.qs().with
  const providers = await Provider.withButton(typeof askedFor === 'string' ? askedFor : null)
  if (providers.length > 0) noteSiteVersion(ctx, providers[0].siteVersion ?? null)
  letFormsReach(ctx.response, providers)
  return buttonsOf(providers)
}

/** The buttons of these providers, side by side on one page. */
export function buttonsOf(
  providers: Pick<Provider, 'key' | 'driver' | 'label' | 'isAutoHidden' | 'allowSignUp'>[]
): ProviderButton[] {
  const someRemain = providers.some(({ isAutoHidden }) => !isAutoHidden)
  return providers.map(({ key, driver, label, isAutoHidden, allowSignUp }) => ({
    key,
    driver,
    label,
    note: providers.filter((other) => other.driver === driver).length > 1 ? label : null,
    resting: isAutoHidden && someRemain,
    signUp: allowSignUp,
  }))
}

/**
 * Lets the forms of a page lead to these providers. Providers redirect between several
 * hosts of their own, so any https host must be allowed.
 */
export function letFormsReach(response: HttpContext['response'], providers: Provider[]) {
  allowForms(response, ['https:', ...providers.flatMap(plainHttpSources)])
}

/** The sandbox and stand-ins on loopback speak http, and may redirect between their ports. */
function plainHttpSources(provider: Provider): string[] {
  const { protocol, hostname } = new URL(originsOf(provider).auth)
  return protocol === 'http:' ? [`http://${hostname}:*`] : []
}
