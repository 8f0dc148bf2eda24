import { appUrl } from '#config/app'
import { providerOrigins } from '#start/env'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import { DRIVERS } from '#protocol/drivers'
import type { Origins } from '#protocol/description'
import type { Driver } from '#protocol/driver'
import { sandboxOrigins } from '#sandbox/origins'

/**
 * The address to register at the provider. It depends only on APP_URL and the provider
 * key; nothing in a request can change it. The trailing slash is what sites that grew out
 * of the tutorial registered, and Kakao compares every character.
 */
export function callbackUrl({ key }: Pick<Provider, 'key'>): string {
  return `${appUrl}/user/login/social/${key}/callback/`
}

/** The address where a provider reports that somebody has disconnected; just as constant. */
export function unlinkNoticeUrl({ key }: Pick<Provider, 'key'>): string {
  return `${appUrl}/webhooks/${key}/unlinked`
}

/** This provider's hosts: the sandbox, a stand-in from the environment, or the real ones. */
export function originsOf(provider: Provider): Origins {
  if (provider.sandbox) return sandboxOrigins(provider.driver)
  const real = DRIVERS[provider.driver].origins
  const prefix = provider.driver.toUpperCase().replaceAll('-', '_')
  const auth = providerOrigins[`${prefix}_AUTH_ORIGIN`] ?? real.auth
  return {
    auth,
    token: providerOrigins[`${prefix}_TOKEN_ORIGIN`] ?? real.token ?? auth,
    api: providerOrigins[`${prefix}_API_ORIGIN`] ?? real.api,
  }
}

/**
 * Builds the driver from rows. Nothing is cached between calls, so a changed credential
 * takes effect with the next one, in every process.
 *
 * @param credential `null` when none is left: calls that must name the client then fail
 *   with `credential_revoked`
 * @throws SecretUnreadable when SECRETS_KEY does not open the credential
 */
export function driverFor(provider: Provider, credential: ProviderCredential | null): Driver {
  return new DRIVERS[provider.driver]({
    clientId: credential?.clientId ?? '',
    clientSecret: credential?.revealSecret() ?? '',
    callbackUrl: callbackUrl(provider),
    origins: originsOf(provider),
    scopes: provider.scopes,
  })
}
