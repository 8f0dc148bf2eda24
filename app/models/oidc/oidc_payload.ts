import { OidcPayloadSchema } from '#database/schema'
import { Join } from '#database/join'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { unseal } from '#crypto/sealed'

/**
 * Something the OpenID Connect provider library has to remember: sealed, under a hash of
 * its name, beside the member and the session it refers to.
 */
export default class OidcPayload extends OidcPayloadSchema {
  static readonly table = 'oidc_payloads'

  static readonly #inForce = new Join(
    () => ({ row: OidcPayload, user: User }),
    `oidc_payloads \`row\`
      left join users \`user\` on \`user\`.id = \`row\`.user_id
      left join user_sessions session on session.id = \`row\`.user_session_id
      left join oidc_payloads given on given.model = 'Grant' and given.id_hash = \`row\`.grant_hash
      where \`row\`.model = ? and \`row\`.id_hash = ? and \`row\`.expires_at > ?
        and \`user\`.suspended_at is null
        and (\`row\`.ends_with_session = 0
          or (session.id is not null and session.revoked_at is null
            and session.expires_at > ? and session.lapses_at > ?))
        and (\`row\`.grant_hash is null or given.expires_at > ?)`
  )

  /** The purpose under which this row's values are sealed. */
  static purposeOf(publicId: string) {
    return `oidc_payloads:${publicId}:payload`
  }

  /**
   * An unexpired row with its member. Skips rows of suspended members, rows tied to a
   * session that has ended, and rows whose grant has ended.
   */
  static async inForce(model: string, idHash: string) {
    const time = sqlTime(now())
    const found = await OidcPayload.#inForce.first([model, idHash, time, time, time, time])
    return found?.row ? { row: found.row, user: found.user } : null
  }

  reveal(): string {
    return unseal(OidcPayload.purposeOf(this.publicId), this.payload)
  }
}
