import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import {
  SEALED_COLUMNS,
  sealedRows,
  SecretUnreadable,
  unseal,
  type SealedColumn,
} from '#crypto/sealed'

/** Something that must never be in the database, and how often it is there. */
export interface Finding {
  /** What is wrong, in English. */
  problem: string
  count: number
  /** Public ids of the first few rows, for looking them up. */
  examples: string[]
}

export interface DataCheck {
  /** How many rules were checked. */
  rules: number
  findings: Finding[]
}

interface Rule {
  problem: string
  rows: () => DatabaseQueryBuilderContract<any>
}

interface ForeignKey {
  table: string
  column: string
  references: string
  referenced: string
}

const MOST_EXAMPLES = 5

/**
 * What the transactions of this application promise each other. Each rule finds
 * the rows that break it.
 */
const RULES: Rule[] = [
  {
    problem: 'a member who could never sign in: no password and no identity (half-made)',
    rows: () =>
      db
        .from('users')
        .where('role', 'member')
        .whereNull('password')
        .whereNotExists((identity) =>
          identity.from('identities').whereColumn('identities.user_id', 'users.id')
        ),
  },
  {
    problem: 'a password without a proved address to sign in with',
    rows: () =>
      db.from('users').whereNotNull('password').whereNull('email').whereNull('email_ended_at'),
  },
  {
    problem: 'a provider that is on without an active credential',
    rows: () => db.from('providers').where('enabled', true).whereNull('active_credential_id'),
  },
  {
    problem: 'a provider whose active credential is not one of its own in the state "active"',
    rows: () =>
      db
        .from('providers')
        .whereNotNull('active_credential_id')
        .whereNotExists((credential) =>
          credential
            .from('provider_credentials')
            .whereColumn('provider_credentials.id', 'providers.active_credential_id')
            .whereColumn('provider_credentials.provider_id', 'providers.id')
            .where('provider_credentials.status', 'active')
        ),
  },
  {
    problem: 'a credential in the state "active" that its provider does not use',
    rows: () =>
      db
        .from('provider_credentials')
        .where('status', 'active')
        .whereNotExists((provider) =>
          provider
            .from('providers')
            .whereColumn('providers.active_credential_id', 'provider_credentials.id')
        ),
  },
  {
    problem: 'a revoked credential that still has its secret',
    rows: () =>
      db.from('provider_credentials').where('status', 'revoked').whereNotNull('client_secret'),
  },
  {
    problem: 'a retiring credential without an end, or an end of one that is not retiring',
    rows: () =>
      db
        .from('provider_credentials')
        .where((retiring) => retiring.where('status', 'retiring').whereNull('retire_until'))
        .orWhere((other) => other.whereNot('status', 'retiring').whereNotNull('retire_until')),
  },
  {
    problem: 'an attempt with a result that was never claimed or never finished',
    rows: () =>
      db
        .from('sign_in_attempts')
        .whereNotNull('outcome')
        .where((unfinished) => unfinished.whereNull('claimed_at').orWhereNull('finished_at')),
  },
  {
    problem: 'an attempt that ended without a result',
    rows: () => db.from('sign_in_attempts').whereNotNull('finished_at').whereNull('outcome'),
  },
  {
    problem: 'a failed attempt without a reason, or a reason without a failure',
    rows: () =>
      db.from('sign_in_attempts').where((attempt) =>
        attempt
          .where((failed) => failed.where('outcome', 'failed').whereNull('failure'))
          .orWhere((reason) =>
            reason.whereNotNull('failure').where((other) => {
              other.whereNull('outcome').orWhereNot('outcome', 'failed')
            })
          )
      ),
  },
  {
    problem: 'an attempt that signed in through an identity of somebody else',
    rows: () =>
      db
        .from('sign_in_attempts')
        .where('outcome', 'signed_in')
        .whereNotNull('user_id')
        .whereNotNull('identity_id')
        .whereNotExists((identity) =>
          identity
            .from('identities')
            .whereColumn('identities.id', 'sign_in_attempts.identity_id')
            .whereColumn('identities.user_id', 'sign_in_attempts.user_id')
        ),
  },
  {
    problem: 'a session through an identity of somebody else',
    rows: () =>
      db
        .from('user_sessions')
        .whereNotNull('identity_id')
        .whereNotExists((identity) =>
          identity
            .from('identities')
            .whereColumn('identities.id', 'user_sessions.identity_id')
            .whereColumn('identities.user_id', 'user_sessions.user_id')
        ),
  },
  {
    problem: 'an ended link at a provider that still has tokens',
    rows: () =>
      db
        .from('identities')
        .whereNotNull('unlinked_at')
        .where((tokens) => tokens.whereNotNull('access_token').orWhereNotNull('refresh_token')),
  },
  {
    problem: 'a person with a second factor that is on and has no confirmed secret',
    rows: () =>
      db
        .from('users')
        .whereNotNull('second_factor_at')
        .whereNotExists((factor) =>
          factor
            .from('second_factors')
            .whereColumn('second_factors.user_id', 'users.id')
            .whereNotNull('second_factors.confirmed_at')
        ),
  },
  {
    problem: 'a confirmed second factor of somebody for whom it is off',
    rows: () =>
      db
        .from('second_factors')
        .whereNotNull('confirmed_at')
        .whereExists((user) =>
          user
            .from('users')
            .whereColumn('users.id', 'second_factors.user_id')
            .whereNull('users.second_factor_at')
        ),
  },
  {
    problem: 'a site that no visitor could come back to',
    rows: () => db.from('clients').where('redirect_uris', '[]'),
  },
  {
    problem: 'a site with a secret that it cannot keep',
    rows: () =>
      db
        .from('clients')
        .whereNot('kind', 'server')
        .whereExists((secret) =>
          secret.from('client_secrets').whereColumn('client_secrets.client_id', 'clients.id')
        ),
  },
  {
    problem: 'a site that is told of events and has no secret to sign them with',
    rows: () => db.from('clients').whereNotNull('webhook_url').whereNull('webhook_secret'),
  },
  {
    problem: 'a former webhook secret without an end, or an end without a secret',
    rows: () =>
      db
        .from('clients')
        .where((secret) =>
          secret.whereNotNull('webhook_secret_previous').whereNull('webhook_previous_until')
        )
        .orWhere((end) =>
          end.whereNull('webhook_secret_previous').whereNotNull('webhook_previous_until')
        ),
  },
  {
    problem: 'a message to a site that was both sent and given up',
    rows: () => db.from('site_messages').whereNotNull('sent_at').whereNotNull('given_up_at'),
  },
  {
    problem: 'a document that says nothing: without any version',
    rows: () =>
      db
        .from('documents')
        .whereNotExists((version) =>
          version
            .from('document_versions')
            .whereColumn('document_versions.document_id', 'documents.id')
        ),
  },
  {
    problem: 'a version of a document with both an address and a text, or neither',
    rows: () =>
      db
        .from('document_versions')
        .where((both) => both.whereNotNull('url').whereNotNull('text'))
        .orWhere((neither) => neither.whereNull('url').whereNull('text')),
  },
  {
    problem:
      'a member noted to have agreed to everything without an agreement to a required document',
    rows: () =>
      db
        .from('users')
        .join('site', 'site.duties', 'users.duties')
        .whereExists((required) =>
          required
            .from('document_versions as version')
            .join('documents', 'documents.id', 'version.document_id')
            .where({ 'documents.required': true, 'documents.enabled': true })
            .whereNotExists((newer) =>
              newer
                .from('document_versions as newer')
                .whereColumn('newer.document_id', 'version.document_id')
                .whereColumn('newer.number', '>', 'version.number')
            )
            .whereNotExists((agreement) =>
              agreement
                .from('agreements')
                .whereColumn('agreements.version_id', 'version.id')
                .whereColumn('agreements.user_id', 'users.id')
                .whereNull('agreements.withdrawn_at')
            )
        ),
  },
  {
    problem: 'a colour of the site that is none',
    rows: () => {
      const site = db.from('site').select('version as public_id', 'color')
      return db.from(site.as('site')).whereNotNull('color').whereNot('color', 'like', '#______')
    },
  },
  {
    problem: 'a waiting sign-up of an address that somebody has proved',
    rows: () =>
      db
        .from('registrations')
        .whereExists((user) =>
          user.from('users').whereColumn('users.email', 'registrations.email')
        ),
  },
]

/**
 * Looks for what must never be there, whatever was interrupted and when: broken
 * references, half-made people, secrets that no key opens. Also checks that somebody
 * can administer the site. Read-only.
 */
export class CheckData {
  async handle(): Promise<DataCheck> {
    const { rules, findings } = await this.lookForDamage()
    if (!(await this.#someAdministers())) {
      /* This is the only thing that can be wrong with an empty copy of a database. */
      findings.push({ problem: 'nobody can administer this site', count: 1, examples: [] })
    }
    return { rules: rules + 1, findings }
  }

  /** What no interruption may leave behind, even on a site that is not fully set up. */
  async lookForDamage(): Promise<DataCheck> {
    const findings: Finding[] = []
    const keys = await this.#foreignKeys()

    for (const { problem, rows } of RULES) {
      const found: { public_id: string }[] = await rows().select('public_id')
      this.#add(
        findings,
        problem,
        found.map((row) => row.public_id)
      )
    }
    for (const key of keys) {
      const orphans = await this.#orphans(key)
      const place = `${key.table}.${key.column}`
      this.#add(findings, `${place} names a row of ${key.references} that is gone`, orphans)
    }
    for (const column of SEALED_COLUMNS) {
      const unreadable = await this.#unreadable(column)
      this.#add(findings, `${column.table}.${column.column} that no key opens`, unreadable)
    }
    const damage = await this.#damage()
    this.#add(findings, 'the database file is damaged', damage)
    return { rules: RULES.length + keys.length + SEALED_COLUMNS.length + 1, findings }
  }

  async #someAdministers(): Promise<boolean> {
    const [administrator] = await db
      .from('users')
      .where('role', 'admin')
      .whereNull('suspended_at')
      .limit(1)
    return administrator !== undefined
  }

  #add(findings: Finding[], problem: string, rows: string[]) {
    if (rows.length === 0) return
    findings.push({ problem, count: rows.length, examples: rows.slice(0, MOST_EXAMPLES) })
  }

  get #isSqlite() {
    return db.connection().dialect.name === 'better-sqlite3'
  }

  /** Every reference between tables, as the database itself reports it. */
  async #foreignKeys(): Promise<ForeignKey[]> {
    if (!this.#isSqlite) {
      const [rows] = await db.rawQuery(
        `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\`,
                REFERENCED_TABLE_NAME AS \`references\`, REFERENCED_COLUMN_NAME AS referenced
           FROM information_schema.KEY_COLUMN_USAGE
          WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL`
      )
      return rows
    }
    const keys: ForeignKey[] = []
    for (const table of await db.connection().getAllTables()) {
      const rows: { table: string; from: string; to: string }[] = await db.rawQuery(
        `SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)`,
        [table]
      )
      for (const { table: references, from: column, to: referenced } of rows) {
        keys.push({ table, column, references, referenced: referenced ?? 'id' })
      }
    }
    return keys
  }

  async #orphans({ table, column, references, referenced }: ForeignKey): Promise<string[]> {
    const rows: { value: unknown }[] = await db
      .from(table)
      .leftJoin(`${references} as parent`, `parent.${referenced}`, `${table}.${column}`)
      .whereNotNull(`${table}.${column}`)
      .whereNull(`parent.${referenced}`)
      .select(`${table}.${column} as value`)
    return rows.map(({ value }) => String(value))
  }

  async #unreadable(column: SealedColumn): Promise<string[]> {
    const unreadable: string[] = []
    for await (const { id, value, purpose } of sealedRows(column)) {
      if (!opens(purpose, value)) unreadable.push(id)
    }
    return unreadable
  }

  /** SQLite checks its own file; MySQL's tables are up to its server. */
  async #damage(): Promise<string[]> {
    if (!this.#isSqlite) return []
    const rows: { integrity_check: string }[] = await db.rawQuery('PRAGMA integrity_check')
    return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
  }
}

function opens(purpose: string, sealed: string): boolean {
  try {
    unseal(purpose, sealed)
    return true
  } catch (error) {
    if (error instanceof SecretUnreadable) return false
    throw error
  }
}
