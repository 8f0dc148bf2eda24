import encryption from '@adonisjs/core/services/encryption'
import { Exception } from '@adonisjs/core/exceptions'

/**
 * A stored secret that none of the keys in SECRETS_KEY and SECRETS_KEY_PREVIOUS
 * opens. Carries the purpose, never the value.
 */
export class SecretUnreadable extends Exception {
  static status = 500
  static code = 'E_SECRET_UNREADABLE'
  constructor(purpose: string) {
    super(`No key in SECRETS_KEY opens ${purpose}`)
  }
}

/**
 * Encrypts a provider secret or a token for the database.
 *
 * @param purpose names table, public id and column, so that a value copied to
 *   another row does not open there
 */
export function seal(purpose: string, value: string): string {
  return encryption.use('secrets').encrypt(value, { purpose })
}

/**
 * Decrypts what `seal` wrote under the same purpose.
 *
 * @throws SecretUnreadable when the key is missing or the value was moved or altered
 */
export function unseal(purpose: string, sealed: string): string {
  const value = encryption.use('secrets').decrypt<string>(sealed, purpose)
  if (value === null) throw new SecretUnreadable(purpose)
  return value
}
