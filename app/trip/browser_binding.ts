import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { keyedHash, sameText } from '#crypto/random_token'
import SignInAttempt from '#models/sign_in_attempt'
import type { TripSecrets } from '#protocol/driver'

/*
 * What ties a trip to the browser that began it. All of it follows from the secret in that
 * browser's cookie, so tabs need no cookies of their own, and a copy of the database
 * lets nobody finish a trip.
 */

/** The mark by which an attempt recognises its browser; useless without the browser's secret. */
export function browserMark(secret: string, attemptPublicId: string): string {
  return keyedHash(secret, `attempt:${attemptPublicId}`)
}

/** Whether an attempt began in the browser with this secret. */
export function isOfBrowser(
  attempt: Pick<SignInAttempt, 'publicId' | 'browserMark'>,
  secret: string
): boolean {
  const { browserMark: mark, publicId } = attempt
  return mark !== null && sameText(mark, browserMark(secret, publicId))
}

/** The secrets of a trip. The database stores neither the PKCE verifier nor the nonce. */
export function tripSecrets(browser: string, state: string): TripSecrets {
  return {
    state,
    codeVerifier: keyedHash(browser, `pkce:${state}`),
    nonce: keyedHash(browser, `nonce:${state}`),
  }
}

/** An attempt that began in this browser, and the browser's secret. */
export interface OwnAttempt {
  attempt: SignInAttempt
  browser: string
}

/**
 * The attempt with this public id, if it began in this browser; for pages that continue
 * where a trip ended.
 */
export async function ownAttempt(ctx: HttpContext, publicId: unknown): Promise<OwnAttempt | null> {
  const browser = browserSecret(ctx)
  if (browser === null || typeof publicId !== 'string' || publicId === '') return null
  const attempt = await SignInAttempt.findBy('publicId', publicId)
  return attempt && isOfBrowser(attempt, browser) ? { attempt, browser } : null
}
