import { isIP } from 'node:net'
import type { HttpContext } from '@adonisjs/core/http'
import { sameText } from '#auth/random_token'
import { registry } from '#metrics/sign_ins'
import env from '#start/env'

/** `GET /metrics`, in Prometheus' text format. */
export default class MetricsController {
  async show({ request, response }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    if (!this.#mayLook(request)) return response.status(403).send('')
    response.header('Content-Type', registry.contentType)
    return response.send(await registry.metrics())
  }

  /**
   * Who has METRICS_TOKEN; without one, a connection from this very machine that
   * no proxy has passed on.
   */
  #mayLook(request: HttpContext['request']): boolean {
    const token = env.get('METRICS_TOKEN')
    const given = request.header('authorization')?.replace(/^Bearer /, '') ?? ''
    if (token && sameText(given, token)) return true

    const isPassedOn = Object.keys(request.headers()).some(
      (name) => name.startsWith('x-forwarded-') || name === 'forwarded'
    )
    return !isPassedOn && isLoopback(request.request.socket.remoteAddress ?? '')
  }
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}
