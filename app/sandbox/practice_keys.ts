import env from '#start/env'
import type Provider from '#models/provider'

/** The keys that a simulated provider knows, to try a rotation with; `null` without SANDBOX. */
async function practiceKeys(
  driver: string
): Promise<{ clientId: string; clientSecrets: string[] } | null> {
  if (!env.get('SANDBOX')) return null
  /* Without SANDBOX it is never loaded. */
  const { simulators } = await import('#sandbox/registry')
  return simulators[driver]?.row ?? null
}

/** Whether these are keys of the simulated provider itself, which may live in its row. */
export async function isPracticeKey(
  driver: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string | null }
): Promise<boolean> {
  const keys = await practiceKeys(driver)
  return keys?.clientId === clientId && keys.clientSecrets.includes(clientSecret ?? '')
}

/**
 * What the simulated provider's console would issue: a pair that none of its
 * keys here has. The credentials must be loaded.
 *
 * @returns `null` when all are here, or the provider is a real one
 */
export async function issuePracticeKey({
  driver,
  sandbox,
  credentials,
}: Provider): Promise<{ clientId: string; clientSecret: string } | null> {
  const keys = sandbox ? await practiceKeys(driver) : null
  const live = credentials.filter(({ status }) => status !== 'revoked')
  const clientSecret = keys?.clientSecrets.find(
    (secret) => !live.some((credential) => credential.hasSecret(secret))
  )
  return keys && clientSecret ? { clientId: keys.clientId, clientSecret } : null
}
