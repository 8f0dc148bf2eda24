import * as openid from 'openid-client'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import { ChangeClient } from '#actions/change_client'
import { commandActor } from '#audit/actor'
import { now, sqlTime } from '#models/clock'
import { emptyDatabase } from '#tests/support/database'
import { signedInMember } from '#tests/support/member'
import { rawRequest } from '#tests/support/raw_request'
import { aRequest, aSite, CALLBACK, siteClient } from '#tests/support/site'

test.group('Requests of sites that are not in order', (group) => {
  group.each.setup(() => emptyDatabase())

  for (const [what, change] of [
    ['a slash more', { redirect_uri: `${CALLBACK}/` }],
    ['another case', { redirect_uri: CALLBACK.replace('callback', 'Callback') }],
    ['a port', { redirect_uri: CALLBACK.replace('.com', '.com:8443') }],
    ['http', { redirect_uri: CALLBACK.replace('https', 'http') }],
    ['a query', { redirect_uri: `${CALLBACK}?next=1` }],
    ['a fragment', { redirect_uri: `${CALLBACK}#x` }],
    ['a user name', { redirect_uri: CALLBACK.replace('//', '//shop@') }],
    ['a dot segment', { redirect_uri: CALLBACK.replace('/callback', '/x/../callback') }],
    ['a host that begins alike', { redirect_uri: CALLBACK.replace('.com', '.com.evil.example') }],
    ['no such site', { client_id: 'nobody' }],
  ] as const) {
    test(`${what}: a page of ours, and nobody is sent there`, async ({ assert }) => {
      const config = await siteClient(await aSite())
      const { visitor } = await signedInMember()
      const { url } = await aRequest(config)
      for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value)
      const page = await visitor.get(url.href)
      assert.equal(page.status, 400)
      assert.equal(page.location, '')
      assert.lengthOf(page.alerts, 1)
      assert.notInclude(page.text, 'evil.example')
      assert.include(page.headers.get('content-security-policy') ?? '', "default-src 'none'")
    })
  }

  for (const [what, [name, value], isIgnored] of [
    ['two addresses', ['redirect_uri', CALLBACK], false],
    ['two states', ['state', 'another'], false],
    ["a stranger's request_uri", ['request_uri', 'https://evil.example/request'], false],
    ['a request object', ['request', 'e30.e30.'], false],
    ['a parameter of 10 kB', ['login_hint', 'x'.repeat(10_000)], true],
    ['claims without end', ['claims', '{"a":'.repeat(1_000)], true],
  ] as const) {
    test(`${what}: an answer in order, and never to elsewhere`, async ({ assert }) => {
      const config = await siteClient(await aSite())
      const { visitor } = await signedInMember()
      const { url } = await aRequest(config)
      url.searchParams.append(name, value)
      const answer = await visitor.get(url.href)
      assert.include([303, 400, 302], answer.status)
      if (answer.location) assert.equal(new URL(answer.location).origin, new URL(CALLBACK).origin)
      /* What it does not know at all it leaves alone. */
      if (!isIgnored) assert.notInclude(answer.location, 'code=')
    })
  }

  for (const [what, change, error] of [
    ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['the implicit flow', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['prompt=none with login', { prompt: 'none login' }, 'invalid_request'],
  ] as const) {
    test(`${what} is refused in the protocol's words`, async ({ assert }) => {
      const config = await siteClient(await aSite())
      const { visitor } = await signedInMember()
      const { url } = await aRequest(config)
      for (const [name, value] of Object.entries(change)) {
        if (value === null) url.searchParams.delete(name)
        else url.searchParams.set(name, value)
      }
      const answer = await visitor.get(url.href)
      const { searchParams, hash } = new URL(answer.location)
      const said = searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error')
      assert.equal(said, error)
    })
  }

  test('a site gets no scope beyond its registration', async ({ assert }) => {
    const config = await siteClient(await aSite({ scopes: ['openid'] }))
    const { visitor } = await signedInMember()
    const refused = await aRequest(config, { scope: 'openid email' })
    assert.include((await visitor.get(refused.url.href)).location, 'error=invalid_scope')
    const request = await aRequest(config, { scope: 'openid offline_access' })
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    assert.equal(tokens.scope, 'openid')
    assert.notProperty(tokens.claims()!, 'email')
  })

  test('a code is good once; used again it takes back what it gave', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const back = (await visitor.get(request.url.href)).location
    const tokens = await request.finish(back)
    await assert.rejects(() => request.finish(back))
    await assert.rejects(() =>
      openid.fetchUserInfo(config, tokens.access_token, openid.skipSubjectCheck)
    )
  })

  test('a code is for the site that asked, for a minute, and for its verifier', async ({
    assert,
  }) => {
    const shop = await siteClient(await aSite())
    const other = await siteClient(await aSite({ clientId: 'other' }), 'other')
    const { visitor } = await signedInMember()
    const stolen = await aRequest(shop)
    const { location } = await visitor.get(stolen.url.href)
    const code = new URL(location).searchParams.get('code')!
    const grant = { code, redirect_uri: CALLBACK, code_verifier: openid.randomPKCECodeVerifier() }
    for (const config of [other, shop]) {
      await assert.rejects(() => openid.genericGrantRequest(config, 'authorization_code', grant))
    }

    const late = await aRequest(shop)
    const address = (await visitor.get(late.url.href)).location
    await db
      .from('oidc_payloads')
      .where('model', 'AuthorizationCode')
      .update({ expires_at: sqlTime(now().minus({ seconds: 1 })) })
    await assert.rejects(() => late.finish(address))
  })

  test('a secret that is wrong, retired or of a site switched off opens nothing', async ({
    assert,
  }) => {
    const secret = await aSite()
    const config = await siteClient(secret)
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    const introspect = async (given: string) =>
      openid.tokenIntrospection(await siteClient(given), tokens.access_token)
    assert.isTrue((await introspect(secret)).active)
    await assert.rejects(() => introspect(`${secret}x`))

    const change = new ChangeClient()
    const rotated = await change.handle('shop', { deed: 'rotate', graceMs: 60_000 }, commandActor())
    const fresh = rotated.kind === 'done' ? rotated.secret! : ''
    for (const one of [secret, fresh]) assert.isTrue((await introspect(one)).active)
    await change.handle('shop', { deed: 'rotate', graceMs: 0 }, commandActor())
    for (const one of [secret, fresh]) await assert.rejects(() => introspect(one))

    await change.handle('shop', { deed: 'disable' }, commandActor())
    const page = await visitor.get((await aRequest(config)).url.href)
    assert.equal(page.status, 400)
    assert.isEmpty(await db.from('oidc_payloads').where('client_id', 'shop'))
  })

  test("a site sees nothing of another site's tokens", async ({ assert }) => {
    const shop = await siteClient(await aSite())
    const other = await siteClient(await aSite({ clientId: 'other' }), 'other')
    const { visitor } = await signedInMember()
    const request = await aRequest(shop)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    assert.isFalse((await openid.tokenIntrospection(other, tokens.access_token)).active)
    await openid.tokenRevocation(other, tokens.access_token).catch(() => {})
    assert.isTrue((await openid.tokenIntrospection(shop, tokens.access_token)).active)
    await assert.rejects(() => openid.refreshTokenGrant(other, tokens.refresh_token!))
  })

  test('addresses are ours, whatever Host and forwarding headers say', async ({ assert }) => {
    await aSite()
    const forged = {
      'host': 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
      'forwarded': 'host=evil.example;proto=https',
    }
    const { text } = await rawRequest(appUrl, {
      method: 'GET',
      path: '/.well-known/openid-configuration',
      headers: forged,
    })
    assert.notInclude(text, 'evil')
    const document = JSON.parse(text)
    assert.equal(document.issuer, appUrl)
    for (const [name, value] of Object.entries(document)) {
      if (name.endsWith('_endpoint') || name === 'jwks_uri') {
        assert.isTrue(String(value).startsWith(`${appUrl}/oidc/`), name)
      }
    }
    assert.deepEqual(document.response_types_supported, ['code'])
    assert.deepEqual(document.code_challenge_methods_supported, ['S256'])
    assert.notProperty(document, 'registration_endpoint')
  })
})
