import server from '@adonisjs/core/services/server'
import env from '#start/env'
import type { Origins } from '#protocol/description'

/**
 * Where the sandbox stands in for a provider's hosts. It answers at 127.0.0.1
 * while the site answers at localhost, so that a sign-in really crosses sites.
 * The port is the one this process listens on, even when PORT is 0.
 */
export function sandboxOrigins(driver: string): Origins {
  const address = server.getNodeServer()?.address()
  const port = address && typeof address === 'object' ? address.port : env.get('PORT')
  const origin = `http://127.0.0.1:${port}/sandbox/${driver}`
  return { auth: origin, token: origin, api: origin }
}
