import { createLocalJWKSet, jwtVerify, type JWTPayload } from 'jose'
import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { hashToken } from '#crypto/random_token'
import ClientTrial from '#models/oidc/client_trial'
import type UserSession from '#models/user_session'
import { askInHouse } from '#oidc/in_house'

export type SiteTrial =
  /** It is not this session's, has been taken, or is too old. */
  | { kind: 'gone' }
  /** In the protocol's terms. */
  | { kind: 'refused'; trial: ClientTrial; error: string }
  /** What the site would have been given. */
  | { kind: 'done'; trial: ClientTrial; idToken: JWTPayload; userInfo: object; lifetime: number }

/**
 * Ends a trial as the site would end its sign-in: exchanges the code, checks the ID token
 * with the published keys, asks for user info. What it was given ends with it.
 */
export class TrySite {
  /** @param callback the query that came back */
  async handle(
    http: HttpContext,
    session: UserSession,
    { state, code, error }: Record<string, unknown>
  ): Promise<SiteTrial> {
    const trial = await ClientTrial.claim(state, session)
    if (!trial) return { kind: 'gone' }
    if (typeof code !== 'string') {
      return { kind: 'refused', trial, error: typeof error === 'string' ? error : 'no code' }
    }
    const given = await grantOf(code, session)
    try {
      return await this.#redeem(http, trial, { code, state: String(state) })
    } finally {
      if (given) await db.from('oidc_payloads').where('grant_hash', given).delete()
    }
  }

  async #redeem(
    http: HttpContext,
    trial: ClientTrial,
    { code, state }: { code: string; state: string }
  ): Promise<SiteTrial> {
    const { client } = trial
    const tokens = await askInHouse(http, client.clientId, {
      path: '/oidc/token',
      form: {
        grant_type: 'authorization_code',
        code,
        redirect_uri: ClientTrial.CALLBACK,
        code_verifier: ClientTrial.verifierOf(state),
        client_id: client.clientId,
        ...(client.isConfidential && { client_secret: 'none: asked in house' }),
      },
    })
    const { id_token: idToken, access_token: accessToken, expires_in: lifetime } = tokens.body
    if (tokens.status !== 200 || typeof idToken !== 'string') {
      return { kind: 'refused', trial, error: String(tokens.body.error ?? tokens.status) }
    }
    const keys = await askInHouse(http, client.clientId, { path: '/oidc/jwks' })
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys.body as never), {
      issuer: appUrl,
      audience: client.clientId,
    })
    const userInfo = await askInHouse(http, client.clientId, {
      path: '/oidc/me',
      headers: { authorization: `Bearer ${String(accessToken)}` },
    })
    return {
      kind: 'done',
      trial,
      idToken: payload,
      userInfo: userInfo.body,
      lifetime: Number(lifetime),
    }
  }
}

/** The grant that a code was given under, if this administrator was given it. */
async function grantOf(code: string, { userId }: UserSession): Promise<string | null> {
  const row: { grant_hash: string | null } | null = await db
    .from('oidc_payloads')
    .where({ model: 'AuthorizationCode', id_hash: hashToken(code), user_id: userId })
    .select('grant_hash')
    .first()
  return row?.grant_hash ?? null
}
