import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type { DurationLike } from 'luxon'
import type { Job } from '#jobs/job'
import { now, sqlTime } from '#time/clock'
import ClientFailure from '#models/oidc/client_failure'
import OutgoingMail from '#models/outgoing_mail'
import ReceivedNotice from '#models/received_notice'
import Revocation from '#models/revocation'
import SandboxMail from '#models/sandbox_mail'
import Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'

/* Rows deleted by one statement: few enough that it holds its locks for an instant only. */
const BATCH = 500

/*
 * Records of who came in and who changed what: long enough to look into what went wrong
 * (docs/privacy.md).
 */
const RECORDS_KEPT = { days: 90 }

const ago = (duration: DurationLike) => sqlTime(now().minus(duration))

/** What is no longer needed, by table. */
const OUTLIVED: Record<string, (rows: DatabaseQueryBuilderContract) => unknown> = {
  /* Kept a day longer than they are valid, so that a page can still say "too late". */
  registrations: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  account_tokens: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  pending_identities: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  sign_in_codes: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  waiting_sign_ins: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  second_factors: (rows) =>
    rows.whereNull('confirmed_at').where('created_at', '<', ago({ days: 1 })),

  user_sessions: (rows) =>
    rows.where((query) =>
      query
        .where('expires_at', '<', ago({ days: 30 }))
        .orWhere('lapses_at', '<', ago({ days: 30 }))
        .orWhere('revoked_at', '<', ago({ days: 30 }))
    ),
  outgoing_mails: (rows) =>
    rows.where((query) =>
      query
        .where('sent_at', '<', ago(OutgoingMail.KEPT))
        .orWhere('given_up_at', '<', ago(OutgoingMail.KEPT))
    ),
  site_messages: (rows) =>
    rows.where((query) =>
      query
        .where('sent_at', '<', ago(SiteMessage.KEPT))
        .orWhere('given_up_at', '<', ago(SiteMessage.KEPT))
    ),
  revocations: (rows) =>
    rows.whereNotNull('given_up_at').where('created_at', '<', ago(Revocation.KEPT)),
  received_notices: (rows) => rows.where('received_at', '<', ago(ReceivedNotice.KEPT)),
  sandbox_mails: (rows) => rows.where('created_at', '<', ago(SandboxMail.LIFETIME)),
  shown_addresses: (rows) => rows.where('created_at', '<', ago({ days: 2 })),
  rate_limits: (rows) => rows.where('expire', '<', now().toMillis()),
  sign_in_attempts: (rows) =>
    rows
      .where('started_at', '<', ago(RECORDS_KEPT))
      .orWhere((trials) =>
        trials.where('intent', 'trial').where('started_at', '<', ago({ days: 30 }))
      ),
  oidc_payloads: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  client_failures: (rows) => rows.where('occurred_at', '<', ago(ClientFailure.KEPT)),
  client_trials: (rows) => rows.where('expires_at', '<', ago({ days: 1 })),
  client_secrets: (rows) => rows.where('retire_until', '<', ago({ days: 1 })),
  audit_entries: (rows) => rows.where('created_at', '<', ago(RECORDS_KEPT)),
}

/** The primary key of a table where it is not `id`. */
const KEYS: Record<string, string> = { rate_limits: 'key' }

/** Deletes rows that have outlived their use. Any number of processes may run this at once. */
export class Prune implements Job {
  readonly name = 'pruning'
  readonly everyMs = 60 * 60 * 1_000

  async handle(signal?: AbortSignal) {
    const outcome: Record<string, number> = {}
    await forgetIdleGrants()
    await Client.forgetWebhookSecrets()
    const surplus = await ClientFailure.pruneSurplus()
    if (surplus > 0) outcome.client_failures = surplus
    for (const [table, outlived] of Object.entries(OUTLIVED)) {
      for (let found = BATCH; found === BATCH && !signal?.aborted;) {
        const key = KEYS[table] ?? 'id'
        const rows = db.from(table).select(key).limit(BATCH)
        outlived(rows)
        const outlivedRows: Record<string, number | string>[] = await rows
        found = outlivedRows.length
        if (found === 0) break
        const keys = outlivedRows.map((row) => row[key])
        /* Checked again: a count may have started over since. */
        await db.from(table).whereIn(key, keys).where(outlived).delete()
        outcome[table] = (outcome[table] ?? 0) + found
      }
    }
    return outcome
  }
}

/** Ends grants of sites that have nothing left to use or refresh. */
async function forgetIdleGrants() {
  for (let found = BATCH; found === BATCH;) {
    const idle: { id: number }[] = await db
      .from({ given: 'oidc_payloads' })
      .select('given.id')
      .where('given.model', 'Grant')
      .where('given.created_at', '<', ago({ days: 1 }))
      .whereNotExists((rest) =>
        rest
          .from({ rest: 'oidc_payloads' })
          .whereColumn('rest.grant_hash', 'given.grant_hash')
          .whereNot('rest.model', 'Grant')
      )
      .limit(BATCH)
    found = idle.length
    await db
      .from('oidc_payloads')
      .whereIn(
        'id',
        idle.map(({ id }) => id)
      )
      .delete()
  }
}
