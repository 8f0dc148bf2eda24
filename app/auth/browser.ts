import type { HttpContext } from '@adonisjs/core/http'
import { readCookie, writeCookie } from '#auth/cookies'
import { hashToken, looksLikeToken, randomToken } from '#crypto/random_token'

/*
 * The browser cookie: 256 random bits that bind sign-in attempts and pending identities
 * to one browser. Only hashes derived from it are stored.
 */

/** The secret of this browser, or `null` if it sent none. */
export function browserSecret(ctx: HttpContext): string | null {
  const value = readCookie(ctx, 'browser')
  return looksLikeToken(value) ? value : null
}

/** The secret of this browser, issued now if it had none. */
export function ensureBrowserSecret(ctx: HttpContext): string {
  return browserSecret(ctx) ?? replaceBrowserSecret(ctx)
}

/** Gives the browser a new secret; everything bound to the old one becomes unreachable. */
export function replaceBrowserSecret(ctx: HttpContext): string {
  const secret = randomToken()
  writeCookie(ctx, 'browser', secret)
  return secret
}

/** The hash that rows store for this browser, or `null` if it has no secret. */
export function browserHash(ctx: HttpContext): string | null {
  const secret = browserSecret(ctx)
  return secret === null ? null : hashToken(secret)
}

/**
 * For the read of another row, in SQL: whether an identity waits for its owner, expired or
 * not, in the browser with a hash.
 */
export const IS_PENDING_IN_BROWSER =
  'exists (select 1 from pending_identities where browser_hash = ?)'
