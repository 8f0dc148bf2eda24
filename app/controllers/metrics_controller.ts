import type { HttpContext } from '@adonisjs/core/http'
import { sameText } from '#crypto/random_token'
import { allMetrics } from '#metrics/cluster'
import { registry } from '#metrics/registry'
import env from '#start/env'
import { isLoopbackHost } from '#start/loopback'

/* Headers that all kinds of proxies add to a request, in Node's lower case. */
const OF_PROXIES =
  /^(via|forwarded|cdn-loop|x-arr-log-id|x-request-start)$|forwarded|client-?ip|real-?ip|connecting-?ip|remote-?(ip|addr)|user-?ip|socket-?ip|original-|^(cf|fly|x-envoy|x-amzn|x-amz|x-azure|x-vercel|x-appengine|x-cloud-trace|x-nf)-/

/** `GET /metrics`, in Prometheus' text format: all web processes of this start, added up. */
export default class MetricsController {
  async show({ request, response }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    if (!this.#mayLook(request)) return response.status(403).send('')
    response.header('Content-Type', registry.contentType)
    return response.send(await allMetrics())
  }

  /**
   * Allows requests with METRICS_TOKEN. Where none is set, allows requests made from this
   * machine on its own behalf: not through a proxy, and not from a page whose host name
   * was made to point here.
   */
  #mayLook(request: HttpContext['request']): boolean {
    const token = env.get('METRICS_TOKEN')
    if (token) {
      const [, given = ''] = request.header('authorization')?.match(/^Bearer +(\S.*)$/i) ?? []
      return sameText(given, token)
    }
    return (
      isLoopbackHost(request.request.socket.remoteAddress ?? '') &&
      isLoopbackHost(namedHost(request.header('host'))) &&
      !Object.keys(request.headers()).some((name) => OF_PROXIES.test(name))
    )
  }
}

/** The host in a `Host` header, without the port. */
function namedHost(header = ''): string {
  const url = `http://${header}`
  return URL.canParse(url) && /^[^/?#@\\]+$/.test(header) ? new URL(url).hostname : ''
}
