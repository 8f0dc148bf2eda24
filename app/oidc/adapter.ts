import { errors, type Adapter, type AdapterPayload } from 'oidc-provider'
import db from '@adonisjs/lucid/services/db'
import { hashToken } from '#crypto/random_token'
import { affectedOne } from '#database/affected'
import { retryOnConflict } from '#database/transaction'
import Client from '#models/oidc/client'
import ClientMember from '#models/oidc/client_member'
import OidcPayload from '#models/oidc/oidc_payload'
import { newPublicId } from '#crypto/public_id'
import { now, sqlTime } from '#time/clock'
import { seal } from '#crypto/sealed'
import { grantOfRequest } from '#oidc/grant'
import {
  knownSessionOfRequest,
  originOfRequest,
  presentRequest,
  remember,
  sentTokenHash,
} from '#oidc/request'
import { metadataOf } from '#oidc/client_metadata'
import { isTrial, trialAddresses } from '#oidc/trial'

/* Models issued under a grant; their payloads say what was granted. */
const OF_GRANTS = ['AuthorizationCode', 'AccessToken', 'RefreshToken']

/* The lifetime of a grant in seconds, however often its tokens are refreshed. */
const GRANTED = 365 * 24 * 60 * 60

/** The session token's hash when a request arrived; signing in replaces that token. */
export interface SessionMark {
  tokenHash?: string
}

/**
 * Stores what the library has to remember. Nothing is returned for a member who is
 * suspended or whose session has ended. The library's own session is not stored: a row of
 * `user_sessions` takes its place (`oidc/session.ts`). A grant is a row written with its
 * code. Nothing issued under a grant is valid without that row, so ending a grant also
 * invalidates what is being issued at that moment. Codes and tokens say themselves what
 * was granted.
 *
 * With a code goes a visit: the session has been used to sign in at this site. It is there
 * once for the two of them, until the session ends and the site has been told
 * (`oidc/end_at_sites.ts`).
 */
export class DatabaseAdapter implements Adapter {
  readonly #model: string

  constructor(model: string) {
    this.#model = model
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number) {
    const { accountId, clientId, grantId, expiresWithSession } = payload
    const origin = accountId ? originOfRequest() : null
    const isOfGrant = OF_GRANTS.includes(this.#model)
    const { client_id: asking } = (payload.params ?? {}) as { client_id?: string }
    const shared = {
      grant_hash: isOfGrant && grantId ? hashToken(grantId) : null,
      /* Of a request that waits, for the figures of its site. */
      client_id: clientId ?? asking ?? null,
      user_id: origin?.userId ?? null,
      user_session_id: origin?.userSessionId ?? null,
      identity_id: origin?.identityId ?? null,
      ends_with_session: origin && expiresWithSession ? 1 : 0,
    }
    const row = { ...shared, ...this.#sealed(this.#kept(payload)), expires_at: endIn(expiresIn) }
    /* A code belongs to somebody who is signed in, and ends with their session. */
    if (this.#model === 'AuthorizationCode') row.ends_with_session = origin ? 1 : 0
    const key = { model: this.#model, id_hash: hashToken(id) }
    const created = { created_at: sqlTime(now()) }
    const rows = [{ ...key, ...row, ...created }]
    if (this.#model === 'AuthorizationCode') {
      const isKept = !isTrial({ redirect_uri: payload.redirectUri })
      if (isKept) await noteUse(clientId!, origin?.userId)
      const grant = { model: 'Grant', id_hash: shared.grant_hash!, expires_at: endIn(GRANTED) }
      rows.push({ ...shared, ...this.#sealed({}), ...grant, ...created })
      const visit = isKept ? visitOf(shared) : null
      if (visit) rows.push({ ...row, ...visit, ...this.#sealed({}), ...created })
    }
    /* Two sign-ins of one session at one site write the same visit. */
    await retryOnConflict(() =>
      db
        .table(OidcPayload.table)
        .multiInsert(rows)
        .onConflict(Object.keys(key))
        .merge(Object.keys(row))
    )
  }

  async find(id: string) {
    if (this.#model === 'Client') return this.#findClient(id)
    if (this.#model === 'Grant') return grantOfRequest(id)
    const found = await OidcPayload.inForce(this.#model, hashToken(id))
    if (!found) {
      if (this.#model === 'AuthorizationCode') await noteCode(hashToken(id))
      return undefined
    }

    const { row, user } = found
    const payload = JSON.parse(row.reveal()) as AdapterPayload
    if (user) remember((request) => request.members.set(user.publicId, user))
    if (OF_GRANTS.includes(this.#model)) noteGrant(payload, row)
    if (this.#model === 'Interaction')
      remember((request) => (request.waited = payload.params ?? {}))
    if (this.#model === 'AuthorizationCode' && row.consumedAt) noteState('used')
    return row.consumedAt ? { ...payload, consumed: row.consumedAt.toUnixInteger() } : payload
  }

  /* For the library's own sessions and for device codes; neither exists here. */
  async findByUid() {
    return undefined
  }

  async findByUserCode() {
    return undefined
  }

  /** Consumes a code or a refresh token; of two requests with the same one, only one succeeds. */
  async consume(id: string) {
    const key = { model: this.#model, id_hash: hashToken(id) }
    const consumed = await affectedOne(
      db
        .from(OidcPayload.table)
        .where(key)
        .whereNull('consumed_at')
        .update({ consumed_at: sqlTime(now()) })
    )
    if (consumed) return
    noteState('used')

    const row: { grant_hash: string | null } | null = await db
      .from(OidcPayload.table)
      .select('grant_hash')
      .where(key)
      .first()
    if (row?.grant_hash) {
      await db.from(OidcPayload.table).where('grant_hash', row.grant_hash).delete()
    }
    throw new errors.InvalidGrant('already used')
  }

  async destroy(id: string) {
    await db
      .from(OidcPayload.table)
      .where({ model: this.#model, id_hash: hashToken(id) })
      .delete()
  }

  async revokeByGrantId(grantId: string) {
    await db
      .from(OidcPayload.table)
      .where({ model: this.#model, grant_hash: hashToken(grantId) })
      .delete()
  }

  async #findClient(clientId: string) {
    const client = await Client.withSecrets(clientId, sentTokenHash())
    /* MySQL ignores trailing spaces when it compares. */
    if (!client?.isEnabled || client.clientId !== clientId) {
      remember((request) => (request.unknownClient = clientId))
      return undefined
    }
    remember((request) => request.clients.set(clientId, client))
    return metadataOf(client, await trialAddresses(client))
  }

  #sealed(payload: object) {
    const publicId = newPublicId()
    const sealed = seal(OidcPayload.purposeOf(publicId), JSON.stringify(payload))
    return { public_id: publicId, payload: sealed }
  }

  #kept(payload: AdapterPayload): object {
    if (this.#model !== 'Interaction') return payload
    /* The session is looked up when the request continues, so only its mark is stored here. */
    const { session: asked, ...kept } = payload
    const { tokenHash = knownSessionOfRequest()?.tokenHash } = (asked ?? {}) as SessionMark
    return asked && tokenHash ? { ...kept, session: { tokenHash } } : kept
  }
}

/** Notes a member's first sign-in at a site; the site has been read with their use of it. */
async function noteUse(clientId: string, userId: number | null | undefined) {
  const client = presentRequest().clients.get(clientId)
  if (!client || !userId || client.isUsedByVisitor) return
  await ClientMember.begin({ userId, clientId: client.id })
}

/** Why a code is not in force, as far as its row still says so. */
async function noteCode(idHash: string) {
  const row = await OidcPayload.query().where({ model: 'AuthorizationCode', idHash }).first()
  if (row?.consumedAt) noteState('used')
  else if (row && row.expiresAt <= now()) noteState('expired')
}

function noteState(state: 'used' | 'expired') {
  remember((request) => (request.codeState = state))
}

function visitOf({ client_id: clientId }: { client_id: string | null }) {
  const session = knownSessionOfRequest()
  if (!session) return null
  return {
    model: 'Visit',
    id_hash: hashToken(`${clientId} ${session.publicId}`),
    grant_hash: null,
    identity_id: null,
    ends_with_session: 0,
    expires_at: sqlTime(session.expiresAt),
  }
}

function endIn(seconds: number): string {
  return sqlTime(now().plus({ seconds }))
}

function noteGrant({ grantId, accountId, clientId, scope = '' }: AdapterPayload, row: OidcPayload) {
  if (!grantId || !accountId || !clientId) return
  remember((request) => {
    request.grants.set(grantId, { accountId, clientId, scope })
    request.origin = row
  })
}
