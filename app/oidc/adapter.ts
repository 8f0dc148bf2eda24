import { errors, type Adapter, type AdapterPayload } from 'oidc-provider'
import db from '@adonisjs/lucid/services/db'
import { hashToken } from '#auth/random_token'
import { affectedOne } from '#database/affected'
import Client from '#models/client'
import { newPublicId } from '#models/public_id'
import { now, sqlTime } from '#models/clock'
import { seal, unseal } from '#models/sealed'
import { knownSessionOfRequest } from '#oidc/request'
import { metadataOf } from '#oidc/client_metadata'

const TABLE = 'oidc_payloads'

/* What can be said of somebody only while they are signed in here. */
const OF_SESSION = ['Session', 'AuthorizationCode']

interface Row {
  public_id: string
  payload: string
  consumed_at: string | null
  ends_with_session: number | boolean
}

/**
 * Keeps what the library has to remember: under a hash of its name, sealed, beside the
 * member and the session it speaks of. What it has of somebody whose session has ended,
 * or who is suspended, it does not get back.
 */
export class DatabaseAdapter implements Adapter {
  readonly #model: string

  constructor(model: string) {
    this.#model = model
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number) {
    const publicId = newPublicId()
    const { accountId, sessionUid, uid, grantId } = payload
    const stored = { ...payload }
    /* Who is signed in is looked up when the request goes on, so none may be kept here. */
    if (this.#model === 'Interaction') delete stored.session
    const endsWithSession =
      accountId && (OF_SESSION.includes(this.#model) || payload.expiresWithSession)
    const sessionId =
      this.#model === 'Session'
        ? (uid ?? null)
        : (sessionUid ?? (accountId ? (knownSessionOfRequest()?.publicId ?? null) : null))
    const ofSession = (column: 'id' | 'identity_id') =>
      accountId && sessionId
        ? valueOf(`SELECT ${column} FROM user_sessions WHERE public_id = ?`, sessionId)
        : null
    const values = {
      payload: seal(purposeOf(publicId), JSON.stringify(stored)),
      uid_hash: uid ? hashToken(uid) : null,
      grant_hash: grantId ? hashToken(grantId) : this.#model === 'Grant' ? hashToken(id) : null,
      client_id: payload.clientId ?? null,
      user_id: accountId
        ? valueOf('SELECT id FROM users WHERE public_id = ?', String(accountId))
        : null,
      user_session_id: ofSession('id'),
      identity_id: ofSession('identity_id'),
      ends_with_session: endsWithSession ? 1 : 0,
      expires_at: sqlTime(now().plus({ seconds: expiresIn })),
    }
    const where = { model: this.#model, id_hash: hashToken(id) }
    const changed = { ...values, public_id: publicId }
    await db
      .table(TABLE)
      .insert({ ...where, ...changed, created_at: sqlTime(now()) })
      .onConflict(['model', 'id_hash'])
      .merge(Object.keys(changed))
  }

  async find(id: string) {
    if (this.#model === 'Client') {
      const client = await Client.findBy('clientId', id)
      /* MySQL takes no notice of spaces at the end. */
      return client?.isEnabled && client.clientId === id ? metadataOf(client) : undefined
    }
    return this.#findBy('id_hash', id)
  }

  async findByUid(uid: string) {
    return this.#findBy('uid_hash', uid)
  }

  async findByUserCode() {
    return undefined
  }

  /** Takes a code or a refresh token: of two requests with it, one. */
  async consume(id: string) {
    const consumed = await affectedOne(
      db
        .from(TABLE)
        .where({ model: this.#model, id_hash: hashToken(id) })
        .whereNull('consumed_at')
        .update({ consumed_at: sqlTime(now()) })
    )
    if (consumed) return

    const row: { grant_hash: string | null } | null = await db
      .from(TABLE)
      .select('grant_hash')
      .where({ model: this.#model, id_hash: hashToken(id) })
      .first()
    if (row?.grant_hash) await db.from(TABLE).where('grant_hash', row.grant_hash).delete()
    throw new errors.InvalidGrant('already used')
  }

  async destroy(id: string) {
    await db
      .from(TABLE)
      .where({ model: this.#model, id_hash: hashToken(id) })
      .delete()
  }

  async revokeByGrantId(grantId: string) {
    await db
      .from(TABLE)
      .where({ model: this.#model, grant_hash: hashToken(grantId) })
      .delete()
  }

  async #findBy(column: 'id_hash' | 'uid_hash', value: string) {
    const time = sqlTime(now())
    const row: Row | null = await db
      .from(TABLE)
      .select(`${TABLE}.public_id`, 'payload', 'consumed_at', 'ends_with_session')
      .leftJoin('users', 'users.id', `${TABLE}.user_id`)
      .leftJoin('user_sessions', 'user_sessions.id', `${TABLE}.user_session_id`)
      .where({ [`${TABLE}.model`]: this.#model, [`${TABLE}.${column}`]: hashToken(value) })
      .where(`${TABLE}.expires_at`, '>', time)
      .whereNull('users.suspended_at')
      .where((alive) =>
        alive
          .where('ends_with_session', false)
          .orWhere((session) =>
            session
              .whereNotNull('user_sessions.id')
              .whereNull('user_sessions.revoked_at')
              .where('user_sessions.expires_at', '>', time)
              .where('user_sessions.lapses_at', '>', time)
          )
      )
      .first()
    if (!row) return undefined
    const payload = JSON.parse(unseal(purposeOf(row.public_id), row.payload)) as AdapterPayload
    return row.consumed_at ? { ...payload, consumed: Math.floor(Date.now() / 1_000) } : payload
  }
}

/** What a query finds, as a value to be stored by the same statement. */
function valueOf(sql: string, id: string) {
  return db.connection().knexRawQuery(`(${sql})`, [id])
}

function purposeOf(publicId: string) {
  return `${TABLE}:${publicId}:payload`
}
