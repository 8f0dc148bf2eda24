import type { Assert } from '@japa/assert'
import * as openid from 'openid-client'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { emptyDatabase } from '#tests/support/database'
import { signedInMember } from '#tests/support/people/member'
import { aRequest, aSite, CALLBACK, siteClient } from '#tests/support/sites/site'

const PAGE = new URL(CALLBACK).origin
const LOCAL = 'http://localhost:5173'

/** Pages that are not the site's, some of them nearly. */
const OTHERS = [
  'https://evil.example',
  'null',
  PAGE.replace('https', 'http'),
  `${PAGE}:8443`,
  PAGE.replace('shop', 'www.shop'),
  `${PAGE}.evil.example`,
  PAGE.toUpperCase(),
]

type Sent = { headers?: Record<string, string>; method?: string; body?: URLSearchParams }

function assertReadBy(assert: Assert, { headers }: Response, origin: string | null) {
  assert.equal(headers.get('access-control-allow-origin'), origin)
  assert.isNull(headers.get('access-control-allow-credentials'))
}

test.group('Which pages may read the answers to a site', (group) => {
  group.each.setup(() => emptyDatabase())

  /** @param origin of the page that asks; `null` for a server */
  const from = (origin: string | null, path: string, { headers, ...sent }: Sent = {}) =>
    fetch(new URL(path, appUrl), {
      ...sent,
      redirect: 'manual',
      headers: { ...headers, ...(origin !== null && { origin }) },
    })

  const post = (origin: string | null, path: string, fields: Record<string, string>) =>
    from(origin, path, { method: 'POST', body: new URLSearchParams(fields) })

  for (const [kind, origins] of [
    ['browser', [PAGE, LOCAL]],
    ['server', []],
  ] as const) {
    const who = origins.length > 0 ? 'those of its redirect addresses' : 'nobody'
    test(`of a site of kind ${kind}: ${who}, for tokens, user info and revocation`, async ({
      assert,
    }) => {
      const secret = await aSite({ kind, redirectUris: [CALLBACK, `${LOCAL}/callback`] })
      const config = await siteClient(secret)
      const { visitor } = await signedInMember()
      const client = { client_id: 'shop', ...(secret && { client_secret: secret }) }

      const verifier = openid.randomPKCECodeVerifier()
      const { url } = await aRequest(config)
      url.searchParams.set('code_challenge', await openid.calculatePKCECodeChallenge(verifier))
      const exchange = (origin: string | null, code: string) =>
        post(origin, '/oidc/token', {
          ...client,
          grant_type: 'authorization_code',
          redirect_uri: CALLBACK,
          code_verifier: verifier,
          code,
        })
      for (const origin of [PAGE, LOCAL, ...OTHERS]) {
        const isIts = origins.some((one) => one === origin)
        const readBy = isIts ? origin : null
        const code = new URL((await visitor.get(url.href)).location).searchParams.get('code')!
        const answer = await exchange(origin, code)
        assertReadBy(assert, answer, readBy)
        assert.equal(answer.status, isIts ? 200 : 400, origin)
        /* A page that may not read has not used the code up. */
        const given = isIts ? answer : await exchange(null, code)
        const { access_token: token } = (await given.json()) as { access_token: string }
        assert.isString(token, origin)

        const authorization = `Bearer ${token}`
        const info = await from(origin, '/oidc/me', { headers: { authorization } })
        assertReadBy(assert, info, readBy)
        assert.equal((await info.text()).includes('minjun@example.com'), isIts, origin)
        const fields = { ...client, token }
        assertReadBy(assert, await post(origin, '/oidc/token/revocation', fields), readBy)
      }
    }).timeout(20_000)
  }

  test('of discovery and keys: anybody, without credentials', async ({ assert }) => {
    for (const path of ['/.well-known/openid-configuration', '/oidc/jwks']) {
      for (const origin of [PAGE, 'https://evil.example']) {
        const answer = await from(origin, path)
        assert.equal(answer.status, 200)
        assertReadBy(assert, answer, origin)
      }
    }
  })

  test('of pages that a person opens: nobody', async ({ assert }) => {
    await aSite({ kind: 'browser' })
    const config = await siteClient('')
    const { url } = await aRequest(config)
    for (const path of [url.href, '/oidc/session/end', '/oidc/interaction/x', '/user/login', '/']) {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await from(PAGE, path, {
          method,
          headers: { 'access-control-request-method': 'GET' },
        })
        assertReadBy(assert, answer, null)
      }
    }
  })

  test('asked beforehand, no page is let send cookies', async ({ assert }) => {
    for (const path of ['/oidc/token', '/oidc/me', '/oidc/token/revocation', '/oidc/jwks']) {
      const answer = await from(PAGE, path, {
        method: 'OPTIONS',
        headers: { 'access-control-request-method': 'POST' },
      })
      assert.equal(answer.status, 204)
      assert.isNull(answer.headers.get('access-control-allow-credentials'))
    }
  })
})
