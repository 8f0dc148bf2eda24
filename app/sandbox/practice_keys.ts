import env from '#start/env'

/** The keys that a simulated provider knows, to try a rotation with; `null` without SANDBOX. */
export async function practiceKeys(
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
