import type { HttpContext } from '@adonisjs/core/http'
import { TooManyRequests } from '#exceptions/come_back_later'
import { hashOfCounted, LIMITS, mostOf, secondsOf, type CountedLimit } from '#limits/limits'
import { isPrivate, networkOf } from '#limits/network'
import { takePlace } from '#limits/store'
import { countRefusal } from '#metrics/limits'

/**
 * Counts one request towards a limit.
 *
 * @param account whose, for a limit by account
 * @throws TooManyRequests when the limit was reached before
 */
export async function count(ctx: HttpContext, name: CountedLimit, account?: string) {
  const counted = account === undefined ? visitorOf(ctx, name) : `account:${account}`
  const retryAfter = await takePlace({
    key: `${name}:${hashOfCounted(name, counted)}`,
    most: mostOf(name),
    within: secondsOf(name),
  })
  if (retryAfter === null) return
  countRefusal(name)
  throw new TooManyRequests(name, retryAfter)
}

function visitorOf(ctx: HttpContext, name: CountedLimit): string {
  if (LIMITS[name].by === 'user' && ctx.auth.user) return `user:${ctx.auth.user.publicId}`
  warnOfUntrustedProxy(ctx)
  return `network:${networkOf(ctx.request.ip())}`
}

let hasWarned = false

/**
 * A proxy that is not trusted makes all visitors one, who soon reach every limit:
 * said once, because no page shows why.
 */
function warnOfUntrustedProxy({ request, logger }: HttpContext) {
  if (hasWarned || !request.header('x-forwarded-for') || !isPrivate(request.ip())) return
  hasWarned = true
  logger.warn(
    `a proxy at ${request.ip()} passes requests on, but TRUST_PROXY does not name it: limits take all visitors for one`
  )
}
