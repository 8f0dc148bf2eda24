import { hkdfSync } from 'node:crypto'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import env from '#start/env'
import { appUrl } from '#config/app'
import { ClientTrialSchema } from '#database/schema'
import { affectedOne } from '#database/affected'
import { hashToken, looksLikeToken, randomToken } from '#crypto/random_token'
import Client from '#models/oidc/client'
import type UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'

/**
 * An administrator's trial of a site: a whole sign-in there, for which this application
 * stands in as the site. Only the session that began it can go through with it, once.
 */
export default class ClientTrial extends ClientTrialSchema {
  /** Where a trial returns to: our own page, registered by no site. */
  static readonly CALLBACK = `${appUrl}/admin/client_trials`

  static readonly LIFETIME = { minutes: 10 }

  @belongsTo(() => Client)
  declare client: BelongsTo<typeof Client>

  /** @returns the `state` that the trial goes by, which is kept nowhere */
  static async begin(client: Client, session: UserSession): Promise<string> {
    const state = randomToken()
    await ClientTrial.create({
      stateHash: hashToken(state),
      clientId: client.id,
      userSessionId: session.id,
      expiresAt: now().plus(ClientTrial.LIFETIME),
    })
    return state
  }

  /**
   * Whether a request is part of a trial that is under way.
   *
   * @param tokenHash of the session that came with the request
   */
  static async isUnderWay(client: Client, state: unknown, tokenHash: string | null) {
    if (!looksLikeToken(state) || tokenHash === null) return false
    const trial = await ClientTrial.query()
      .where({ stateHash: hashToken(state), clientId: client.id })
      .whereNull('claimedAt')
      .where('expiresAt', '>', sqlTime(now()))
      .whereIn('userSessionId', (session) =>
        session.from('user_sessions').select('id').where('token_hash', tokenHash)
      )
      .first()
    return trial !== null
  }

  /**
   * Takes a trial that has come back; of two callbacks, only one does.
   *
   * @returns `null` if it is not this session's, has been taken, or is too old
   */
  static async claim(state: unknown, { id: userSessionId }: UserSession) {
    if (!looksLikeToken(state)) return null
    const key = { stateHash: hashToken(state), userSessionId }
    const claimed = await affectedOne(
      ClientTrial.query()
        .where(key)
        .whereNull('claimedAt')
        .where('expiresAt', '>', sqlTime(now()))
        .update({ claimedAt: sqlTime(now()) })
    )
    return claimed ? ClientTrial.query().where(key).preload('client').first() : null
  }

  /** The PKCE verifier of a trial: computed again when it comes back. */
  static verifierOf(state: string): string {
    const [key] = env.get('APP_KEY')
    return Buffer.from(hkdfSync('sha256', key, state, 'verifier of a trial', 32)).toString(
      'base64url'
    )
  }
}
