import type { DeveloperConsole } from '#protocol/developer_console'
import type { NoticeReader } from '#protocol/notice'
import type { RequirableField } from '#protocol/person'

/**
 * A provider's hosts: where people are sent, where codes are exchanged for tokens, and
 * where profiles are read.
 */
export interface Origins {
  auth: string
  token: string
  api: string
}

/** When a provider's word is enough to believe that an address belongs to a person. */
export type EmailPolicy = 'never' | 'own_domain' | 'provider_says' | 'trusted'

/** What is known about a provider without calling it: the static side of its driver. */
export interface ProviderDescription {
  /**
   * The provider's real hosts, which `<DRIVER>_AUTH_ORIGIN`, `…_TOKEN_ORIGIN` and
   * `…_API_ORIGIN` override. Without a `token` host, tokens come from `auth`.
   */
  readonly origins: Omit<Origins, 'token'> & { token?: string }
  /** The settings of a new provider row. */
  readonly defaults: {
    readonly label: string
    readonly emailPolicy: EmailPolicy
    readonly scopes: readonly string[]
  }
  /** Whether the provider takes a PKCE challenge (S256). */
  readonly pkce: boolean
  /** Who signs its ID tokens and with which keys; `null` when we do not ask for ID tokens. */
  readonly openIdConnect: { readonly issuer: string; keysUrl(origins: Origins): string } | null
  /** What separates two scopes; in RFC 6749 a space. */
  readonly scopeSeparator: ' ' | ','
  /** E-mail domains whose addresses only this provider hands out (`own_domain`). */
  readonly ownDomains: readonly string[]
  /** Whether another client id means another application, whose subjects are different people. */
  readonly clientIdIsApplication: boolean
  /** Whether its console lets an application do without a client secret. */
  readonly secretOptional: boolean
  /**
   * The scopes it is known to accept; empty if it accepts none. If asked for any other,
   * it shows every visitor an error instead of its sign-in page.
   */
  readonly scopes: readonly string[]
  /** Reads its notice that a link has ended; absent if it never sends one. */
  readonly readNotice?: NoticeReader
  /**
   * The minimum number of days that a refresh token stays valid after the access token
   * issued with it has expired; `null` when the provider does not say.
   */
  readonly refreshTokenDays: number | null
  /** Whether `consents` also names what the person left out. */
  readonly listsRefusals: boolean
  /** The profile field behind each of its consent items, for those that we store. */
  readonly fieldsBehind: Readonly<Record<string, RequirableField>>
  /** For the set-up guide, which without it shows only what applies to every provider. */
  readonly console?: DeveloperConsole
  /**
   * The codes and failures that `diagnoses.json` explains in this provider's own
   * terms, each with the provider's documentation page about it, if there is one.
   */
  readonly diagnosed: Readonly<Record<string, string | null>>
  /** Those of them that it shows on its own error page, so that nobody comes back. */
  readonly silent: readonly string[]
}
