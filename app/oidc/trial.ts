import { createHash } from 'node:crypto'
import type Client from '#models/oidc/client'
import ClientTrial from '#models/oidc/client_trial'
import { requestIfAny, sentTokenHash } from '#oidc/request'

/** The authorization request of a trial, as the site would make it. */
export function trialRequest(client: Client, state: string, nonce: string): string {
  const verifier = ClientTrial.verifierOf(state)
  const query = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: ClientTrial.CALLBACK,
    response_type: 'code',
    scope: client.scopes.join(' '),
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  return `/oidc/auth?${query}`
}

/**
 * The redirect address that a site has besides the registered ones, in the request at
 * hand: ours, while the administrator whose session came with the request tries it out.
 */
export async function trialAddresses(client: Client): Promise<string[]> {
  const { redirect_uri: target, state } = askedFor()
  if (target !== ClientTrial.CALLBACK) return []
  const isUnderWay = await ClientTrial.isUnderWay(client, state, sentTokenHash())
  return isUnderWay ? [ClientTrial.CALLBACK] : []
}

/** Whether what is asked for is to come back to our own page: nothing of it is kept. */
export function isTrial({ redirect_uri: target }: Record<string, unknown>): boolean {
  return target === ClientTrial.CALLBACK
}

/** The parameters of the request at hand, or of the one that waited and now continues. */
function askedFor(): Record<string, unknown> {
  const request = requestIfAny()
  return request ? (request.waited ?? request.http.request.qs()) : {}
}
