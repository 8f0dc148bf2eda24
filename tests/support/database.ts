import db from '@adonisjs/lucid/services/db'
import { lookForSecrets } from '#tests/support/secret_scan/sinks'
import { letLimitsPass } from '#tests/support/limits'

/** Child tables before their parents. */
const TABLES = [
  'oidc_payloads',
  'site_messages',
  'client_members',
  'consents',
  'client_secrets',
  'clients',
  'signing_keys',
  'articles',
  'received_notices',
  'audit_entries',
  'outgoing_mails',
  'sandbox_mails',
  'account_tokens',
  'sign_in_codes',
  'registrations',
  'user_sessions',
  'pending_identities',
  'sign_in_attempts',
  'identities',
  'set_up_ticks',
  'provider_credentials',
  'providers',
  'agreements',
  'users',
  'sessions',
  'shown_addresses',
  'rate_limits',
  'key_checks',
  'site_settings',
  'site',
  'document_versions',
  'documents',
]

/**
 * Empties every table and resets every limit. The pages under test really commit, so
 * rolling a transaction back would not do. The rows are scanned for secrets first.
 */
export async function emptyDatabase() {
  await lookForSecrets()
  await db.transaction(async (trx) => {
    await trx.from('providers').update({ active_credential_id: null })
    await trx.from('sign_in_attempts').update({ parent_id: null })
    for (const table of TABLES) await trx.from(table).delete()
  })
  await letLimitsPass()
}
