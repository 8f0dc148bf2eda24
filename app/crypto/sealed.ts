import encryption from '@adonisjs/core/services/encryption'
import db from '@adonisjs/lucid/services/db'
import { Exception } from '@adonisjs/core/exceptions'

/**
 * A stored secret that no key in SECRETS_KEY or SECRETS_KEY_PREVIOUS opens. Carries the
 * purpose, never the value.
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
 * @param purpose names the table, public id and column, so that a value copied to another
 *   row does not open there
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

/** Whether the first key in SECRETS_KEY alone opens a value, so that it needs no resealing. */
export function isSealedWithPresentKey(purpose: string, sealed: string): boolean {
  return encryption.use('present_secrets').decrypt(sealed, purpose) !== null
}

/** A column that holds sealed values, and the purpose of each row's value. */
export interface SealedColumn {
  table: string
  /** The column that identifies a row. */
  id: string
  column: string
  /** @param id of the row */
  purpose(id: string): string
}

const column = (table: string, name: string, purposeName = name): SealedColumn => ({
  table,
  id: 'public_id',
  column: name,
  purpose: (id) => `${table}:${id}:${purposeName}`,
})

/** Every sealed column; add new ones here, or a change of keys would lose them. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  /* First the value that shows, on start, whether the keys fit. */
  { table: 'key_checks', id: 'name', column: 'sealed', purpose: (id) => `key_checks:${id}:sealed` },
  column('providers', 'admin_key'),
  column('providers', 'admin_key_previous', 'admin_key'),
  column('provider_credentials', 'client_secret'),
  column('identities', 'access_token'),
  column('identities', 'refresh_token'),
  column('revocations', 'access_token'),
  column('revocations', 'refresh_token'),
  column('revocations', 'contact'),
  column('pending_identities', 'profile'),
  column('pending_identities', 'tokens'),
  column('outgoing_mails', 'data'),
  column('second_factors', 'secret'),
  column('waiting_codes', 'code'),
  column('clients', 'pairwise_salt'),
  column('clients', 'webhook_secret'),
  column('clients', 'webhook_secret_previous', 'webhook_secret'),
  column('client_secrets', 'secret_hash'),
  column('signing_keys', 'private_key'),
  column('oidc_payloads', 'payload'),
]

/** One stored value of a sealed column. */
export interface SealedRow {
  id: string
  value: string
  purpose: string
}

const BATCH = 500

/**
 * Every value of a sealed column, a batch at a time. Values written while this runs may
 * or may not be included.
 */
export async function* sealedRows({
  table,
  id,
  column: name,
  purpose,
}: SealedColumn): AsyncGenerator<SealedRow> {
  for (let after = ''; ;) {
    const rows: { id: string; value: string }[] = await db
      .from(table)
      .select({ id, value: name })
      .whereNotNull(name)
      .where(id, '>', after)
      .orderBy(id)
      .limit(BATCH)
    for (const row of rows) yield { ...row, purpose: purpose(row.id) }
    if (rows.length < BATCH) return
    after = rows.at(-1)!.id
  }
}
