import * as openid from 'openid-client'
import { SetClient, type ClientInput } from '#actions/clients/set_client'
import { commandActor } from '#audit/actor'
import { appUrl } from '#config/app'
import { know } from '#tests/support/secret_scan/sinks'
import type { Page, Visitor } from '#tests/support/visitor'

export const CALLBACK = 'https://shop.example.com/callback'

/** Registers a site; returns the secret it was given. */
export async function aSite(wish: Partial<ClientInput> = {}): Promise<string> {
  const setting = await new SetClient().handle({
    clientId: 'shop',
    name: '가게',
    redirectUris: [CALLBACK],
    actor: commandActor(),
    ...wish,
  })
  if (!('secret' in setting)) throw new Error(setting.kind)
  know("a site's secret", setting.secret)
  return setting.secret ?? ''
}

/** The site's own program: a third-party client library. */
export async function siteClient(secret: string, clientId = 'shop') {
  return siteClientOf(appUrl, secret, clientId)
}

/** The same, for another installation. */
export async function siteClientOf(issuer: string, secret: string, clientId = 'shop') {
  return openid.discovery(
    new URL(issuer),
    clientId,
    secret || undefined,
    secret ? undefined : openid.None(),
    { execute: [openid.allowInsecureRequests] }
  )
}

/** One sign-in as the site begins it. */
export async function aRequest(config: openid.Configuration, more: Record<string, string> = {}) {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const nonce = openid.randomNonce()
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  })
  return {
    url,
    finish: (address: string) =>
      openid.authorizationCodeGrant(config, new URL(address), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }),
  }
}

/** The page behind which a request waits, from the sign-in page that it was led to. */
export function waitingPage({ location }: Page): string {
  return new URL(location, appUrl).searchParams.get('next') ?? ''
}

/** Continues from the page that leads on. */
export async function goOn(visitor: Visitor, page: Page): Promise<Page> {
  const path = page.refresh?.to
  if (!path) throw new Error(`no way on from ${page.url} (${page.status}): ${page.words}`)
  return visitor.get(path)
}

/** Continues from the page that leads back to the site; returns the address at the site. */
export async function backToSite(visitor: Visitor, page: Page): Promise<string> {
  return (await goOn(visitor, page)).location
}

/** Presses a button on the page that asks something on a site's behalf. */
export async function pressOn(visitor: Visitor, page: Page, answer: string): Promise<Page> {
  const action = new URL(page.url).pathname
  return visitor.submit(page, action, { ...page.hiddenFields(action), answer })
}

/** The address at the site that an answer leads to. */
export async function onToSite(visitor: Visitor, answered: Page): Promise<string> {
  return (await visitor.get(answered.location)).location
}
