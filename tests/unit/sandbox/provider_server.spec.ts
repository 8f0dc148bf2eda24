import { test } from '@japa/runner'
import {
  faults,
  startProviderServer,
  type ProviderServer,
} from '#tests/support/servers/provider_server'

const CALLBACK = 'http://localhost:3333/user/login/social/x/callback/'

function kakaoAuthorize(server: ProviderServer, more: Record<string, string> = {}) {
  const query = new URLSearchParams({
    client_id: 'kakao-key',
    redirect_uri: CALLBACK,
    response_type: 'code',
    state: 's1',
    ...more,
  })
  return `${server.origin}/oauth/authorize?${query}`
}

function kakaoToken(server: ProviderServer, code: string, signal?: AbortSignal) {
  return fetch(`${server.origin}/oauth/token`, {
    method: 'POST',
    redirect: 'manual',
    signal,
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'kakao-key',
      client_secret: 'kakao-secret',
      redirect_uri: CALLBACK,
      code,
    }),
  })
}

test.group('Provider server', (group) => {
  let server: ProviderServer

  group.each.setup(async () => {
    server = await startProviderServer({ hangMs: 50 })
    server.kakao.register({
      clientId: 'kakao-key',
      clientSecrets: ['kakao-secret'],
      redirectUris: [CALLBACK],
    })
    return () => server.close()
  })

  test('plays a whole sign-in over HTTP and records it', async ({ assert }) => {
    const callback = new URL(await server.consent(kakaoAuthorize(server), { person: 'seoyeon' }))
    assert.equal(callback.origin + callback.pathname, CALLBACK)
    assert.equal(callback.searchParams.get('state'), 's1')

    const response = await kakaoToken(server, callback.searchParams.get('code')!)
    const { access_token: token } = (await response.json()) as { access_token: string }
    const me = await fetch(`${server.origin}/v2/user/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    assert.include(await me.text(), '"email":"seoyeon@example.com"')

    assert.equal(server.count('/oauth/token'), 1)
    assert.equal(server.lastCallTo('/oauth/token').form.get('client_secret'), 'kakao-secret')
    assert.equal(server.lastCallTo('/v2/user/me').headers.authorization, `Bearer ${token}`)
    assert.equal(server.lastCallTo('/v2/user/me').provider, 'kakao')
  })

  test('comes back with a cancel or a chosen error', async ({ assert }) => {
    assert.equal(
      await server.consent(kakaoAuthorize(server), { action: 'cancel' }),
      `${CALLBACK}?error=access_denied&error_description=User%20denied%20access&state=s1`
    )
    assert.include(
      await server.consent(kakaoAuthorize(server), { action: 'error', error: 'login_required' }),
      'error=login_required'
    )
  })

  test('says so when the provider shows an error page', async ({ assert }) => {
    await assert.rejects(
      () => server.consent(kakaoAuthorize(server, { redirect_uri: 'https://evil.example/' })),
      /KOE006/
    )
  })

  test('hops to a second origin before the consent page', async ({ assert, cleanup }) => {
    const hopping = await startProviderServer({ hop: true })
    cleanup(() => hopping.close())
    hopping.kakao.register({
      clientId: 'kakao-key',
      clientSecrets: ['x'],
      redirectUris: [CALLBACK],
    })
    assert.notEqual(hopping.hopOrigin, hopping.origin)
    assert.match(await hopping.consent(kakaoAuthorize(hopping)), /code=/)
    assert.deepEqual(
      hopping.calls.map(({ origin }) => origin),
      [hopping.origin, hopping.hopOrigin, hopping.hopOrigin]
    )
  })

  test('spoils exactly as many answers as asked', async ({ assert }) => {
    server.spoil('/oauth/token', faults.serverError, 2)
    server.spoil('/oauth/token', faults.tooManyRequests(30))
    const answers = []
    for (let turn = 0; turn < 4; turn++) answers.push(await kakaoToken(server, 'x'))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [503, 503, 429, 400]
    )
    assert.equal(answers[2].headers.get('retry-after'), '30')
  })

  test('hangs, resets, breaks off and truncates', async ({ assert }) => {
    server.spoil('/oauth/token', faults.hang)
    await assert.rejects(() => kakaoToken(server, 'x', AbortSignal.timeout(100)))
    server.spoil('/oauth/token', faults.reset)
    await assert.rejects(() => kakaoToken(server, 'x'))

    server.spoil('/oauth/token', { kind: 'break_off', bytes: 10 })
    const broken = await kakaoToken(server, 'x')
    await assert.rejects(() => broken.text())

    server.spoil('/oauth/token', faults.truncatedJson)
    const cut = await kakaoToken(server, 'x')
    assert.equal(await cut.text(), '{"error":"invalid_gr')

    server.spoil('/oauth/token', { kind: 'drip', everyMs: 1, bytes: 16 })
    const dripped = await kakaoToken(server, 'x')
    assert.include(await dripped.text(), 'KOE320')
  })

  test('floods until the reader has enough', async ({ assert }) => {
    server.spoil('/oauth/token', faults.flood)
    const response = await kakaoToken(server, 'x')
    let size = 0
    for await (const chunk of response.body!) {
      size += chunk.length
      if (size > 1_000_000) break
    }
    assert.isAbove(size, 1_000_000)
  })

  test('redirects to another host', async ({ assert }) => {
    server.spoil('/oauth/token', faults.redirectTo('http://elsewhere.example/'))
    const response = await kakaoToken(server, 'x')
    assert.equal(response.status, 302)
    assert.equal(response.headers.get('location'), 'http://elsewhere.example/')
  })
})
