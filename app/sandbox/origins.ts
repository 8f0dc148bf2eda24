import env from '#start/env'
import type { Origins } from '#social/driver'

/**
 * Where the sandbox stands in for a provider's hosts. It answers at 127.0.0.1
 * while the site answers at localhost, so that a sign-in really crosses sites.
 */
export function sandboxOrigins(driver: string): Origins {
  const origin = `http://127.0.0.1:${env.get('PORT')}/sandbox/${driver}`
  return { auth: origin, api: origin }
}
