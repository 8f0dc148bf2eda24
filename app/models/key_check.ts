import { KeyCheckSchema } from '#database/schema'
import { seal, SecretUnreadable, unseal } from '#crypto/sealed'

const NAME = 'secrets'
const PURPOSE = 'key_checks:secrets:sealed'

/** A known value under SECRETS_KEY, which reveals on start that the key has changed. */
export default class KeyCheck extends KeyCheckSchema {
  static selfAssignPrimaryKey = true
}

/**
 * Stores the known value under the present key, once: an existing value stays, even if
 * another process stored it only a moment ago.
 */
export async function rememberSecretsKey(): Promise<void> {
  if (await KeyCheck.find(NAME)) return
  try {
    await KeyCheck.create({ name: NAME, sealed: seal(PURPOSE, NAME) })
  } catch (error) {
    if (!(await KeyCheck.find(NAME))) throw error
  }
}

/**
 * Whether a key in SECRETS_KEY or SECRETS_KEY_PREVIOUS opens what this database's secrets
 * were stored under. True as long as nothing has ever been stored.
 */
export async function secretsKeyOpens(): Promise<boolean> {
  const check = await KeyCheck.find(NAME)
  if (!check) return true
  try {
    unseal(PURPOSE, check.sealed)
    return true
  } catch (error) {
    if (error instanceof SecretUnreadable) return false
    throw error
  }
}
