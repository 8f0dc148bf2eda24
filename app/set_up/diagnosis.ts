import { appUrl } from '#config/app'
import type Provider from '#models/provider'
import { callbackUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import type { FailureName } from '#trip/failure'
import type { SetUpWarning } from '#protocol/person'

/** What an administrator is told about a failure: a message and the values in it. */
export interface Diagnosis {
  /** A key below `diagnoses` in the language files, with `what`, `why` and `todo`. */
  key: string
  values: { provider: string; callbackUrl: string; appUrl: string; code: string }
  /** The provider's own page about it. */
  help: string | null
}

/** Failures with the same meaning and the same remedy at every provider. */
export const GENERAL_DIAGNOSES = [
  'dns',
  'tls',
  'connection_refused',
  'provider_unreachable',
  'provider_timeout',
  'provider_unavailable',
  'provider_busy',
  'answer_unreadable',
  'cancelled',
  'authorization_refused',
  'token_refused',
  'id_token_refused',
  'profile_refused',
  'response_malformed',
  'another_application',
  'secret_unreadable',
  'credential_revoked',
  'person_changed',
] as const

/** Node's and OpenSSL's codes for "no connection", grouped by what needs fixing. */
const NETWORK: [RegExp, (typeof GENERAL_DIAGNOSES)[number]][] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, 'dns'],
  [/CERT|^ERR_(TLS|SSL)_|^EPROTO$|^HOSTNAME_MISMATCH$|^UNABLE_TO_VERIFY_/, 'tls'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'connection_refused'],
]

/**
 * Finds the text that explains a failure. The provider's own text takes precedence over
 * a general one, and text for its error code over text for our name of the failure.
 *
 * @param code the provider's error code, or the network's
 * @returns a key below `diagnoses`; `null` when an administrator can do nothing about it
 */
export function diagnose(
  driver: string,
  failure: FailureName,
  code: string | null = null
): string | null {
  const own = DRIVERS[driver]?.diagnosed ?? {}
  const name = [code, failure].find((one) => one !== null && Object.hasOwn(own, one))
  if (name) return `${driver}.${name}`

  const general =
    failure === 'provider_unreachable'
      ? (NETWORK.find(([codes]) => codes.test(code ?? ''))?.[1] ?? failure)
      : failure
  return (GENERAL_DIAGNOSES as readonly string[]).includes(general) ? `general.${general}` : null
}

/** The diagnosis of a failure at a provider, ready for a page. */
export function diagnosisOf(
  provider: Provider,
  failure: FailureName,
  code: string | null = null
): Diagnosis | null {
  const key = diagnose(provider.driver, failure, code)
  return key === null ? null : explain(provider, key, code)
}

/** What to do about a set-up that works but has something wrong with it. */
export function warningOf(provider: Provider, warning: SetUpWarning): Diagnosis | null {
  const isExplained = Object.hasOwn(DRIVERS[provider.driver].diagnosed, warning)
  return isExplained ? explain(provider, `${provider.driver}.${warning}`, null) : null
}

/** What may have happened when the provider shows its own error page and nobody comes back. */
export function silentDiagnoses(provider: Provider): Diagnosis[] {
  return DRIVERS[provider.driver].silent.map((code) =>
    explain(provider, `${provider.driver}.${code}`, code)
  )
}

function explain(provider: Provider, key: string, code: string | null): Diagnosis {
  const [whose, name] = key.split('.')
  return {
    key,
    values: {
      provider: provider.label,
      callbackUrl: callbackUrl(provider),
      appUrl,
      code: code ?? '',
    },
    help: (whose === provider.driver && DRIVERS[whose].diagnosed[name]) || null,
  }
}
