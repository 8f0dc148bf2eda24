import { isIP } from 'node:net'
import type { HttpContext } from '@adonisjs/core/http'
import { TooManyRequests } from '#exceptions/come_back_later'
import { hashOfCounted, LIMITS, mostOf, secondsOf, type CountedLimit } from '#limits/limits'
import { isPrivate, networksOf } from '#limits/network'
import { spend } from '#limits/store'
import { countRefusal } from '#metrics/limits'

/**
 * Counts one request towards a limit.
 *
 * @param account the account counted, for a limit by account
 * @throws TooManyRequests when the limit was already reached
 */
export async function count(ctx: HttpContext, name: CountedLimit, account?: string) {
  const countedTogether =
    account === undefined ? visitorOf(ctx, name) : [{ counted: `account:${account}`, times: 1 }]
  for (const { counted, times } of countedTogether) {
    const retryAfter = await spend({
      key: `${name}:${hashOfCounted(name, counted)}`,
      most: mostOf(name) * times,
      within: secondsOf(name),
    })
    if (retryAfter === null) continue
    countRefusal(name)
    throw new TooManyRequests(name, retryAfter)
  }
}

function visitorOf(ctx: HttpContext, name: CountedLimit): { counted: string; times: number }[] {
  if (LIMITS[name].by === 'user' && ctx.auth.user) {
    return [{ counted: `user:${ctx.auth.user.publicId}`, times: 1 }]
  }
  warnOfUntrustedProxy(ctx)
  return networksOf(ctx.request.ip()).map(({ network, times }) => ({
    counted: `network:${network}`,
    times,
  }))
}

let hasWarned = false

/** What the nearest proxy says; a visitor can make a trusted one pass on a non-address. */
function lastForwarded(request: HttpContext['request']): string {
  return request.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
}

/**
 * An untrusted proxy makes all visitors look like one, who soon reaches every limit.
 * Warned about once, because no page shows why.
 */
function warnOfUntrustedProxy({ request, logger }: HttpContext) {
  if (hasWarned || !isIP(lastForwarded(request)) || !isPrivate(request.ip())) return
  hasWarned = true
  logger.warn(
    `a proxy at ${request.ip()} passes requests on, but TRUST_PROXY does not name it: limits take all visitors for one`
  )
}
