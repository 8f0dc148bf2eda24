import type { HttpContext } from '@adonisjs/core/http'
import { knownBrowser } from '#auth/known_browser'
import { count } from '#limits/count'

/**
 * Counts a password typed for an address before it is checked. Works the same for
 * addresses with and without an account.
 *
 * @param email normalised, or whatever was typed instead of an address
 * @throws TooManyRequests
 */
export async function countPasswordTry(ctx: HttpContext, email: string): Promise<void> {
  const browser = await knownBrowser(ctx, email)
  if (browser) {
    await count(ctx, 'password_by_known_browser', `${browser}:${email}`)
    return count(ctx, 'password_by_known_browsers', email)
  }

  /* A network that is already refused uses up nobody's tries. */
  await count(ctx, 'password_by_address')
  await count(ctx, 'password_by_account', email)
  await count(ctx, 'password_by_account_daily', email)
}
