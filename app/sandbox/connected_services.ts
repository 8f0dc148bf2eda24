import type Provider from '#models/provider'
import { sandboxOrigins } from '#sandbox/origins'

/**
 * The page where people disconnect at a simulated provider, which then sends its notice;
 * `null` for a real provider, which has its own such page.
 */
export async function connectedServicesUrl({ driver, sandbox }: Provider): Promise<string | null> {
  if (!sandbox) return null
  /* Imported here so that it is never loaded without SANDBOX, when no such rows exist. */
  const { simulators } = await import('#sandbox/registry')
  return sandboxOrigins(driver).auth + simulators[driver].servicesPath
}
