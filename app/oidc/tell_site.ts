import { importJWK, SignJWT, type JWK } from 'jose'
import { appUrl } from '#config/app'
import { newPublicId } from '#crypto/public_id'
import type Client from '#models/oidc/client'
import SigningKey from '#models/oidc/signing_key'
import type SiteMessage from '#models/oidc/site_message'
import { guardedPost } from '#outbound/guarded_post'
import { webhookHeaders } from '#outbound/webhook_signature'
import { now } from '#time/clock'

const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout'

/* In seconds. Each try has a token of its own, which need not outlive it by much. */
const LOGOUT_TOKEN_LASTS = 120

/**
 * Sends a site what it is to be told, signed at this moment.
 *
 * @param client which has an address for this channel
 * @returns the status of its answer
 * @throws OutboundFailure when there was none
 * @throws SecretUnreadable
 */
export async function tellSite(message: SiteMessage, client: Client): Promise<number> {
  const { address, headers, body } =
    message.channel === 'logout' ? await logout(message, client) : event(message, client)
  return guardedPost(address, {
    headers: { 'user-agent': 'Daemun', ...headers },
    body,
    inside: client.inside,
  })
}

/** A logout token (OpenID Connect Back-Channel Logout 1.0, 2.4). */
async function logout({ subject, sid }: SiteMessage, client: Client) {
  const [key] = await SigningKey.published()
  const issuedAt = now().toUnixInteger()
  const token = await new SignJWT({ ...(sid && { sid }), events: { [LOGOUT]: {} } })
    .setProtectedHeader({ alg: 'RS256', kid: key.publicId, typ: 'logout+jwt' })
    .setIssuer(appUrl)
    .setAudience(client.clientId)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LOGOUT_TOKEN_LASTS)
    .setJti(newPublicId())
    .sign(await importJWK(key.jwk as JWK, 'RS256'))
  return {
    address: client.backchannelLogoutUri!,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
  }
}

function event({ publicId, kind, subject, createdAt }: SiteMessage, client: Client) {
  const timestamp = createdAt.toUTC().toISO({ suppressMilliseconds: true })
  const body = JSON.stringify({ type: kind, timestamp, data: { sub: subject } })
  return {
    address: client.webhookUrl!,
    headers: webhookHeaders(publicId, now(), body, client.webhookSecrets),
    body,
  }
}
