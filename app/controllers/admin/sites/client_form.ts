import type { HttpContext } from '@adonisjs/core/http'
import type { BadAddress } from '#oidc/redirect_uri'
import type { ClientSettings } from '#models/oidc/client'
import type { FormState } from '#validators/form'

type Typed = Omit<Partial<ClientSettings>, 'name'> & { label: string }

/** The settings that a valid form stands for: an empty address is none. */
export function settingsOf<Read extends Typed>({ label, ...rest }: Read) {
  return {
    ...rest,
    name: label,
    homeUrl: rest.homeUrl ?? null,
    privacyUrl: rest.privacyUrl ?? null,
    backchannelLogoutUri: rest.backchannelLogoutUri ?? null,
    webhookUrl: rest.webhookUrl ?? null,
  }
}

/** The same as a form shows them. */
export function valuesOf({ name, redirectUris, postLogoutRedirectUris, ...rest }: ClientSettings) {
  return {
    ...rest,
    label: name,
    redirectUris: redirectUris.join('\n'),
    postLogoutRedirectUris: postLogoutRedirectUris.join('\n'),
  }
}

/** What is wrong with addresses, to stand beside their fields. */
export function complaintsAbout(
  { i18n }: HttpContext,
  addresses: BadAddress[]
): FormState['errors'] {
  return Object.fromEntries(
    addresses.map(({ field, address, problem: { name, ...values } }) => [
      field,
      i18n.t(`clients.address.${name}`, { address, ...values }),
    ])
  )
}
