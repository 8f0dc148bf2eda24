import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import env from '#start/env'
import { rawRequest } from '#tests/support/raw_request'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Metrics', (group) => {
  const world = withProviders(group)

  test('count sign-ins by provider and how they ended', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { action: 'cancel' })
    await new Visitor().signIn('nobody@example.com', 'not the password')

    const page = await new Visitor().get('/metrics')
    assert.equal(page.status, 200)
    assert.include(page.headers.get('content-type') ?? '', 'text/plain')
    const line = (labels: string) => new RegExp(`daemun_sign_ins_total\\{${labels}\\} [1-9]`)
    assert.match(
      page.text,
      line('provider="kakao",intent="sign_in",outcome="signed_in",failure=""')
    )
    assert.match(
      page.text,
      line('provider="kakao",intent="sign_in",outcome="failed",failure="cancelled"')
    )
    assert.match(
      page.text,
      line('provider="password",intent="sign_in",outcome="refused",failure="credentials"')
    )
    const { host } = new URL(world.server.origin)
    const took = `daemun_provider_call_seconds_count{host="${host}",outcome="answered"}`
    assert.match(page.text.split(took)[1], /^ [1-9]/)
    for (const state of ['used', 'idle', 'waiting']) {
      assert.include(page.text, `daemun_database_connections{state="${state}"}`)
    }
    for (const queue of ['mails', 'revocations', 'notices']) {
      assert.match(page.text, new RegExp(`daemun_queue_length\\{queue="${queue}"\\} \\d`))
    }
    assert.isNull(page.headers.get('set-cookie'))
  })

  for (const headers of [
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-host': 'localhost' },
    { 'X-Forwarded': 'for=127.0.0.1' },
    { forwarded: 'for=127.0.0.1' },
    { 'X-Real-IP': '127.0.0.1' },
    { via: '1.1 edge' },
    { 'CF-Connecting-IP': '127.0.0.1' },
    { 'CF-Ray': '8f0-ICN' },
    { 'True-Client-IP': '127.0.0.1' },
    { 'X-Cluster-Client-IP': '127.0.0.1' },
    { 'Fastly-Client-IP': '127.0.0.1' },
    { 'X-Envoy-External-Address': '127.0.0.1' },
    { 'X-Amzn-Trace-Id': 'Root=1-1' },
    { 'X-Original-Forwarded-For': '127.0.0.1' },
    { 'Client-IP': '127.0.0.1' },
    { 'CDN-Loop': 'edge' },
  ] as Record<string, string>[]) {
    test(`are not for who comes through a proxy: ${Object.keys(headers)}`, async ({ assert }) => {
      const page = await new Visitor().get('/metrics', headers)
      assert.equal(page.status, 403)
      assert.equal(page.text, '')
    })
  }

  for (const [host, status] of [
    ['localhost', 200],
    ['LOCALHOST:3333', 200],
    ['127.0.0.1:80', 200],
    ['127.8.9.10', 200],
    ['[::1]:3333', 200],
    ['login.example.com', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
    ['evil.example/@localhost', 403],
    ['evil.example@localhost', 403],
    ['evil.example#.localhost', 403],
    ['10.0.0.1', 403],
    ['[::]', 403],
    ['localhost:port', 403],
  ] as const) {
    test(`without a token they answer ${status} at the host "${host}"`, async ({ assert }) => {
      const page = await rawRequest(appUrl, { method: 'GET', path: '/metrics', headers: { host } })
      assert.equal(page.status, status)
    })
  }

  for (const [given, status] of [
    ['', 403],
    ['Bearer', 403],
    ['Bearer wrong-token-of-the-metrics', 403],
    ['Bearer a-token-of-the-metrics-tests2', 403],
    ['Bearer a-token-of-the-metrics-test', 403],
    ['Basic a-token-of-the-metrics-tests', 403],
    ['a-token-of-the-metrics-tests', 403],
    ['Bearer a-token-of-the-metrics-tests', 200],
    ['bearer  a-token-of-the-metrics-tests', 200],
  ] as const) {
    test(`with METRICS_TOKEN set, "${given}" is answered ${status}, on loopback and through a proxy`, async ({
      assert,
      cleanup,
    }) => {
      env.set('METRICS_TOKEN', 'a-token-of-the-metrics-tests')
      cleanup(() => env.set('METRICS_TOKEN', ''))
      const headers = given ? { authorization: given } : {}
      const viaProxy = { ...headers, 'host': 'login.example.com', 'x-forwarded-for': '192.0.2.1' }

      for (const one of [headers, viaProxy]) {
        const request = { method: 'GET', path: '/metrics', headers: one as Record<string, string> }
        assert.equal((await rawRequest(appUrl, request)).status, status)
      }
    })
  }
})
