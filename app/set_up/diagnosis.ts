import { appUrl } from '#config/app'
import type Provider from '#models/provider'
import { callbackUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import type { FailureName } from '#trip/failure'
import type { SetUpWarning } from '#protocol/person'

/** What an administrator is told about a failure: words, and what stands in them. */
export interface Diagnosis {
  /** Below `diagnoses`, in the language files: has `what`, `why` and `todo`. */
  key: string
  values: { provider: string; callbackUrl: string; appUrl: string; code: string }
  /** The provider's own page about it. */
  help: string | null
}

/** Failures that mean the same and want the same done whoever the provider is. */
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

/** Node's and OpenSSL's words for "no connection", by what has to be mended. */
const NETWORK: [RegExp, (typeof GENERAL_DIAGNOSES)[number]][] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, 'dns'],
  [/CERT|^ERR_(TLS|SSL)_|^EPROTO$|^HOSTNAME_MISMATCH$|^UNABLE_TO_VERIFY_/, 'tls'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'connection_refused'],
]

/**
 * Which words explain a failure. The provider's own are better than general
 * ones, and those for its code better than those for our name of the failure.
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

/** What to do about a set-up that works and has something wrong with it. */
export function warningOf(provider: Provider, warning: SetUpWarning): Diagnosis | null {
  const isExplained = Object.hasOwn(DRIVERS[provider.driver].diagnosed, warning)
  return isExplained ? explain(provider, `${provider.driver}.${warning}`, null) : null
}

/** What may have happened where the provider shows a page of its own and nobody comes back. */
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
