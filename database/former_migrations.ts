import type { QueryClientContract, TransactionClientContract } from '@adonisjs/lucid/types/database'
import { retryOnConflict } from '#database/transaction'
import { StartRefused } from '#start/failures'

/*
 * Before anything was released, thirty migrations became the first twelve. They
 * make the very same tables, so a database that has had all thirty needs
 * nothing but their names in its list. No name is both a former and a new one.
 */
const FORMER = [
  '0001_create_users_table',
  '0002_create_providers_tables',
  '0003_create_identities_table',
  '0004_create_user_sessions_table',
  '0005_create_sign_in_attempts_tables',
  '0006_create_key_checks_table',
  '0007_create_registrations_table',
  '0008_create_outgoing_mails_table',
  '0009_create_articles_table',
  '0010_create_sandbox_mails_table',
  '0011_create_sign_in_codes_table',
  '0012_create_audit_entries_table',
  '0014_add_checks_to_provider_credentials',
  '0015_create_second_factors_tables',
  '0016_watch_the_health_of_providers',
  '0017_create_limits_tables',
  '0018_add_retirement_to_provider_credentials',
  '0019_create_set_up_ticks_table',
  '0020_make_people_searchable',
  '0021_add_refresh_to_identities',
  '0021_create_revocations_table',
  '0022_create_received_notices_table',
  '0023_add_idle_end_to_user_sessions',
  '0024_create_waiting_codes_table',
  '0024_widen_app_refs',
  '0025_add_session_epoch_to_users',
  '0026_end_links_of_strangers',
  '0026_keep_reasons_of_notices',
  '0026_let_addresses_rest_on_identities',
  '0027_create_oidc_tables',
].map(inFolder)

/** The migrations that took their place. */
export const COMBINED = [
  '0001_create_people',
  '0002_create_providers',
  '0003_create_identities',
  '0004_create_sessions',
  '0005_create_sign_in_attempts',
  '0006_create_second_factors',
  '0007_create_mails',
  '0008_create_articles',
  '0009_create_audit_entries',
  '0010_create_limits',
  '0011_create_site_settings',
  '0012_create_oidc',
].map(inFolder)

/** The last commit that had the former migrations. */
const LAST_COMMIT = '559269b'

/** Lucid's list of the migrations that a database has had. */
const LIST = 'adonis_schema'

/**
 * Whether the list of a database still has the names of the former migrations.
 *
 * @throws StartRefused when it has not had all of them: what they did to the
 *   rows that were there, none of today's migrations does
 */
export async function listsFormer(client: QueryClientContract): Promise<boolean> {
  if (!(await client.schema.hasTable(LIST))) return false
  const rows: { name: string }[] = await client.from(LIST).whereIn('name', FORMER).select('name')
  if (rows.length === 0) return false
  if (rows.length === FORMER.length) return true
  throw new StartRefused(
    `The database is too old for this version (${rows.length} of ${FORMER.length} former migrations): ` +
      `run "migration:run --force" of commit ${LAST_COMMIT} on it, then this version again`
  )
}

/**
 * Writes the combined migrations into the list of a database that has had all
 * of the former ones. Any other list stays as it is.
 *
 * @throws StartRefused as `listsFormer` does
 */
export async function replaceFormer(client: QueryClientContract) {
  if (!(await listsFormer(client))) return
  const replace = async (trx: TransactionClientContract) => {
    /* Of two processes one deletes; the other waits for it, and then finds nothing. */
    const deleted = Number(await trx.from(LIST).whereIn('name', FORMER).delete())
    if (deleted === 0) return
    await trx.table(LIST).multiInsert(COMBINED.map((name) => ({ name, batch: 1 })))
  }
  /* Not `inTransaction`: the command may be told another connection. */
  await retryOnConflict(() => client.transaction(replace))
}

function inFolder(name: string) {
  return `database/migrations/${name}`
}
