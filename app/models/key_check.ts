import { KeyCheckSchema } from '#database/schema'
import { seal, SecretUnreadable, unseal } from '#crypto/sealed'

const NAME = 'secrets'
const PURPOSE = 'key_checks:secrets:sealed'

/** A known value under SECRETS_KEY, to notice on start that the key is another one. */
export default class KeyCheck extends KeyCheckSchema {
  static selfAssignPrimaryKey = true
}

/**
 * Stores the known value under the present key, once: a value that is there
 * stays, also when another process stored it a moment ago.
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
 * Whether a key in SECRETS_KEY or SECRETS_KEY_PREVIOUS opens what this
 * database's secrets were stored under. True while nothing was ever stored.
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
