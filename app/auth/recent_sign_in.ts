import { type Next, safeNext } from '#auth/next'

const PAGE = '/account/reauthenticate'
const OVERVIEW = safeNext('/account')!

/**
 * The page that asks a signed-in person to prove again who they are.
 *
 * @param next where to go afterwards; `null`: the overview of the account
 * @param unchanged something was sent that has had no effect
 */
export function reauthenticationPage(next: Next | null, { unchanged = false } = {}): string {
  const query = new URLSearchParams({ next: next ?? OVERVIEW })
  if (unchanged) query.set('unchanged', '1')
  return `${PAGE}?${query}`
}

/** The page that asks for the second factor after the first has just been given again. */
export function secondFactorAgainPage(next: Next): string {
  return `${PAGE}/second_factor?${new URLSearchParams({ next })}`
}

/** Where that page may lead: a page of the account or of the administration. */
export function afterReauthentication(next: unknown): Next {
  const path = safeNext(next)
  return path && !path.startsWith(PAGE) ? path : OVERVIEW
}
