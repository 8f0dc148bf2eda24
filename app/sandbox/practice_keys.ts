import env from '#start/env'
import type Provider from '#models/provider'

/** The keys that a simulated provider accepts, for practising rotation; `null` without SANDBOX. */
async function practiceKeys(
  driver: string
): Promise<{ clientId: string; clientSecrets: string[] } | null> {
  if (!env.get('SANDBOX')) return null
  /* Imported here so that it is never loaded without SANDBOX. */
  const { simulators } = await import('#sandbox/registry')
  return simulators[driver]?.row ?? null
}

/** Whether these keys belong to the simulated provider itself, so that its row may hold them. */
export async function isPracticeKey(
  driver: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string | null }
): Promise<boolean> {
  const keys = await practiceKeys(driver)
  return keys?.clientId === clientId && keys.clientSecrets.includes(clientSecret ?? '')
}

/**
 * What the simulated provider's console would issue: a pair that no live credential here
 * has yet. The credentials must be loaded.
 *
 * @returns `null` when all pairs are in use, or the provider is a real one
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
