import type { HttpContext } from '@adonisjs/core/http'
import { ensureBrowserSecret } from '#auth/browser'
import { allowForms } from '#middleware/security_headers_middleware'
import Provider from '#models/provider'
import { originsOf } from '#trip/driver_for'

/** What a "sign in with …" button is drawn from. */
export interface ProviderButton {
  key: string
  driver: string
  label: string
  /** What tells it from another of the same brand, which would look the same. */
  note: string | null
  /** It fails for most visitors for now: a word instead of the button, where others remain. */
  resting: boolean
  /** Who is new may sign up through it. */
  signUp: boolean
}

/**
 * Prepares a page that can start a trip: gives the browser its secret, lets the
 * page's forms reach the providers, and lists the buttons. Made from rows alone;
 * no driver is built to draw one. `?with=` and a key shows the button of one
 * that is hidden, for the people who were given that address.
 */
export async function socialPanel(ctx: HttpContext): Promise<ProviderButton[]> {
  ensureBrowserSecret(ctx)
  const askedFor: unknown = ctx.request.qs().with
  const providers = await Provider.withButton(typeof askedFor === 'string' ? askedFor : null)
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
 * Lets the forms of a page lead to these providers. They hop between hosts of their own,
 * so any https host must be allowed.
 */
export function letFormsReach(response: HttpContext['response'], providers: Provider[]) {
  allowForms(response, ['https:', ...providers.flatMap(plainHttpSources)])
}

/** The sandbox and stand-ins on loopback speak http, and may hop between their ports. */
function plainHttpSources(provider: Provider): string[] {
  const { protocol, hostname } = new URL(originsOf(provider).auth)
  return protocol === 'http:' ? [`http://${hostname}:*`] : []
}
