import type { DeveloperConsole } from '#protocol/developer_console'
import type { NoticeReader } from '#protocol/notice'
import type { RequirableField } from '#protocol/person'

/**
 * The hosts of a provider: where people are sent, where codes become tokens, and where
 * profiles are.
 */
export interface Origins {
  auth: string
  token: string
  api: string
}

/** Whose word is enough to believe that an address is a person's own. */
export type EmailPolicy = 'never' | 'own_domain' | 'provider_says' | 'trusted'

/** What the application may know of a provider without calling it: the static side of its driver. */
export interface ProviderDescription {
  /**
   * Where the provider really is; `<DRIVER>_AUTH_ORIGIN`, `…_TOKEN_ORIGIN` and
   * `…_API_ORIGIN` stand in. Without a host for tokens, they come from `auth`.
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
  /** Who signs its ID tokens, and with which keys; `null` where none is asked for. */
  readonly openIdConnect: { readonly issuer: string; keysUrl(origins: Origins): string } | null
  /** What stands between two scopes; RFC 6749 has a space. */
  readonly scopeSeparator: ' ' | ','
  /** Mail domains whose addresses only this provider gives out (`own_domain`). */
  readonly ownDomains: readonly string[]
  /** Whether another client id means another application, whose subjects are other people. */
  readonly clientIdIsApplication: boolean
  /** Whether its console lets an application do without a client secret. */
  readonly secretOptional: boolean
  /**
   * The scopes it is known to take; empty where it takes none. Asked for another one,
   * it shows every visitor an error instead of its own page.
   */
  readonly scopes: readonly string[]
  /** Reads its word that a link has ended; absent where it never gives it. */
  readonly readNotice?: NoticeReader
  /**
   * For how many days a refresh token is good at least, from the end of the access
   * token that came with it; `null` when the provider does not say.
   */
  readonly refreshTokenDays: number | null
  /** Whether `consents` also names what the person left out. */
  readonly listsRefusals: boolean
  /** Which part of a profile each of its consent items is, as far as it is kept here. */
  readonly fieldsBehind: Readonly<Record<string, RequirableField>>
  /** For the set-up guide, which without it only tells what holds for every provider. */
  readonly console?: DeveloperConsole
  /**
   * The codes and failures that `diagnoses.json` explains in this provider's own
   * terms, each with the page of its documentation about it, if there is one.
   */
  readonly diagnosed: Readonly<Record<string, string | null>>
  /** Those among them that it shows on a page of its own, so that nobody comes back. */
  readonly silent: readonly string[]
}
