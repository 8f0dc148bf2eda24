import type Provider from '#models/provider'
import { sandboxOrigins } from '#sandbox/origins'

/**
 * Where people disconnect at a simulated provider, so that its notice comes;
 * `null` for a real one, which has such a page itself.
 */
export async function connectedServicesUrl({ driver, sandbox }: Provider): Promise<string | null> {
  if (!sandbox) return null
  /* Without SANDBOX it is never loaded: its rows do not exist then. */
  const { simulators } = await import('#sandbox/registry')
  return sandboxOrigins(driver).auth + simulators[driver].servicesPath
}
