import type { HttpContext } from '@adonisjs/core/http'
import { ensureBrowserSecret } from '#auth/browser'
import { allowFormsToProviders } from '#middleware/security_headers_middleware'
import Provider from '#models/provider'
import { originsOf } from '#social/driver_for'

/** What a "sign in with …" button is drawn from. */
export interface ProviderButton {
  key: string
  driver: string
  label: string
  /** It fails for most visitors for now: a word instead of the button, where others remain. */
  resting: boolean
}

/**
 * Prepares a page that can start a trip: gives the browser its secret, lets the
 * page's forms reach the providers, and lists the buttons. Made from rows alone;
 * no driver is built to draw one.
 */
export async function socialPanel(ctx: HttpContext): Promise<ProviderButton[]> {
  ensureBrowserSecret(ctx)
  const providers = await Provider.offered()
  letFormsReach(ctx.response, providers)
  const someRemain = providers.some(({ isAutoHidden }) => !isAutoHidden)
  return providers.map(({ key, driver, label, isAutoHidden }) => ({
    key,
    driver,
    label,
    resting: isAutoHidden && someRemain,
  }))
}

/** Lets the forms of a page lead to these providers. */
export function letFormsReach(response: HttpContext['response'], providers: Provider[]) {
  allowFormsToProviders(response, providers.flatMap(plainHttpSources))
}

/** The sandbox and stand-ins on loopback speak http, and may hop between their ports. */
function plainHttpSources(provider: Provider): string[] {
  const { protocol, hostname } = new URL(originsOf(provider).auth)
  return protocol === 'http:' ? [`http://${hostname}:*`] : []
}
