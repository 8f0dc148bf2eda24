import string from '@adonisjs/core/helpers/string'
import env from '#start/env'
import { keyedHash } from '#crypto/random_token'

interface Limit {
  /** How many are let through; RATE_LIMIT_SCALE multiplies it. */
  most: number
  /** Measured from the first one; after that the count restarts. */
  within: string
  /**
   * What is counted together:
   *
   * - `address`: the visitor's network address (`networksOf`)
   * - `user`: the person who is signed in
   * - `account`: an account here, no matter who tries; the caller names it
   * - `mailbox`: an e-mail address that mails go to
   * - `subject`: an account at a provider
   */
  by: 'address' | 'user' | 'account' | 'mailbox' | 'subject'
  /** Counted by rows that the change itself writes anyway; not by `count`. */
  inRows?: true
}

/**
 * Every limit, in one place. The numbers are large where many people share an address
 * (offices, Korean mobile carriers), and small where a single account is meant
 * (docs/decisions/0008-rate-limits.md).
 */
export const LIMITS = {
  /* Passwords. A browser that has signed in to the account before is counted separately. */
  password_by_address: { most: 300, within: '10 minutes', by: 'address' },
  password_by_account: { most: 10, within: '15 minutes', by: 'account' },
  password_by_account_daily: { most: 100, within: '24 hours', by: 'account' },
  password_by_known_browser: { most: 10, within: '15 minutes', by: 'account' },
  password_by_known_browsers: { most: 20, within: '15 minutes', by: 'account' },

  /* Further steps of a sign-in. `SecondFactor` counts a person's wrong codes. */
  second_factor: { most: 600, within: '10 minutes', by: 'address' },

  /* Trips to providers, and what may follow one. */
  social_start: { most: 600, within: '10 minutes', by: 'address' },
  social_callback: { most: 1200, within: '10 minutes', by: 'address' },
  social_look: { most: 9_000, within: '10 minutes', by: 'address' },
  proofs: { most: 60, within: '10 minutes', by: 'address' },
  shown_addresses: { most: 3, within: '24 hours', by: 'subject', inRows: true },

  /* Anything that sends mail to an address someone typed, and the links in those mails. */
  sign_up: { most: 100, within: '1 hour', by: 'address' },
  mail_requests: { most: 60, within: '1 hour', by: 'address' },
  mailed_links: { most: 60, within: '10 minutes', by: 'address' },
  account_mails: { most: 10, within: '1 hour', by: 'user' },
  mails: { most: 5, within: '1 hour', by: 'mailbox', inRows: true },

  /* "Is it still you?" */
  password_confirmation: { most: 10, within: '10 minutes', by: 'user', inRows: true },
  sign_in_codes: { most: 5, within: '1 hour', by: 'user', inRows: true },
  reauthentication: { most: 30, within: '10 minutes', by: 'user' },

  /* The board: articles, and changes to them. */
  articles: { most: 30, within: '1 hour', by: 'user' },

  /* Administration. */
  admin_reading: { most: 600, within: '10 minutes', by: 'user' },
  admin_changes: { most: 100, within: '10 minutes', by: 'user' },
  admin_keys: { most: 30, within: '10 minutes', by: 'user' },

  /* Requests from sites, each of which may leave a row. */
  oidc_start: { most: 1_200, within: '10 minutes', by: 'address' },

  /*
   * Calls that no provider has signed. Signed ones are never refused, because Naver does
   * not repeat any.
   */
  unsigned_notices: { most: 600, within: '1 minute', by: 'address' },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof LIMITS

/** Limits that `count` counts. */
export type CountedLimit = {
  [Name in LimitName]: (typeof LIMITS)[Name] extends { inRows: true } ? never : Name
}[LimitName]

/** How many a limit lets through here; at least one. */
export function mostOf(name: LimitName): number {
  return Math.max(1, Math.floor(LIMITS[name].most * env.get('RATE_LIMIT_SCALE')))
}

/** How long a limit counts before it restarts, in seconds. */
export function secondsOf(name: LimitName): number {
  return string.seconds.parse(LIMITS[name].within)
}

/**
 * The name under which something is counted. Keyed, so that what is stored reveals
 * neither an address nor, to someone guessing one, whether it is known here.
 */
export function hashOfCounted(name: LimitName, counted: string): string {
  return keyedHash(env.get('APP_KEY')[0], `limits:${name}:${counted}`)
}
