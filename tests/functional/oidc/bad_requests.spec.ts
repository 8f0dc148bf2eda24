import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Assert } from '@japa/assert'
import i18nManager from '@adonisjs/i18n/services/main'
import db from '@adonisjs/lucid/services/db'
import * as openid from 'openid-client'
import { test } from '@japa/runner'
import type { Group } from '@japa/runner/core'
import { appUrl } from '#config/app'
import { ChangeClient } from '#actions/clients/change_client'
import { commandActor } from '#audit/actor'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { warningsDuring, type LogLine } from '#tests/support/log'
import { Markup } from '#tests/support/markup'
import { signedInMember } from '#tests/support/people/member'
import { rawRequest } from '#tests/support/raw_request'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { aRequest, aSite, CALLBACK, siteClient } from '#tests/support/sites/site'
import { type Page, Visitor } from '#tests/support/visitor'

const LANGUAGES = ['ko', 'en'] as const
const SITE = new URL(CALLBACK).origin

type Change = Record<string, string | string[] | null>

/** A site and a member signed in, for all tests of a group: what is refused changes nothing. */
function withSite(group: Group) {
  const world = {} as { secret: string; config: openid.Configuration; visitor: Visitor }
  group.setup(async () => {
    await emptyDatabase()
    world.secret = await aSite()
    world.config = await siteClient(world.secret)
    world.visitor = (await signedInMember()).visitor
    return emptyDatabase
  })
  return world
}

/** An authorization request in order, but for some parameters: `null` leaves one out, a list repeats it. */
async function spoilt(config: openid.Configuration, change: Change) {
  const { url } = await aRequest(config)
  for (const [name, value] of Object.entries(change)) {
    url.searchParams.delete(name)
    for (const one of [value ?? []].flat()) url.searchParams.append(name, one)
  }
  return url.href
}

/** One line tells the operator which site was refused and what the protocol calls it; nothing else does. */
function assertNoted(assert: Assert, lines: LogLine[], noted: Partial<LogLine>) {
  assert.lengthOf(lines, 1, JSON.stringify(lines))
  const { event, client, error, msg } = lines[0]
  assert.equal(msg, 'a site was refused')
  assert.containSubset({ event, client, error }, noted)
  const framing = ['level', 'time', 'pid', 'hostname', 'name', 'msg']
  assert.includeMembers([...framing, 'event', 'client', 'error'], Object.keys(lines[0]))
}

/** What a person sees whom we send nowhere: a page of ours, in their language. */
function assertOurPage(assert: Assert, page: Page, language: (typeof LANGUAGES)[number]) {
  assert.equal(page.status, 400)
  assert.equal(page.location, '')
  assert.deepEqual(page.alerts, [i18nManager.locale(language).t('errors.site_request.text')])
  assert.include(page.headers.get('content-security-policy') ?? '', "default-src 'none'")
  assert.notInclude(page.text, 'evil.example')
  assert.notInclude(page.text, 'shop.example.com')
}

/** What the site is told by way of its visitor's browser. */
function assertToldToSite(assert: Assert, { location }: Page, error: string) {
  const address = new URL(location)
  assert.equal(address.origin + address.pathname, CALLBACK)
  /* An implicit flow is answered in the fragment, as it asks for. */
  const said = address.hash ? new URLSearchParams(address.hash.slice(1)) : address.searchParams
  assert.equal(said.get('error'), error)
  assert.isNull(said.get('code'))
  assert.equal(said.get('iss'), appUrl)
}

test.group('Authorization requests that lead nowhere', (group) => {
  const world = withSite(group)

  async function assertRefused(assert: Assert, change: Change, noted: Partial<LogLine>) {
    const { config, visitor } = world
    for (const language of LANGUAGES) {
      const person = new Visitor({ language, cookies: visitor.cookies })
      const address = await spoilt(config, change)
      let page: Page
      const lines = await warningsDuring(async () => (page = await person.get(address)))
      assertOurPage(assert, page!, language)
      assertNoted(assert, lines, { event: 'authorization.error', ...noted })
    }
  }

  for (const [what, redirectUri] of [
    ['a slash more', `${CALLBACK}/`],
    ['a slash less', SITE],
    ['another case', CALLBACK.replace('callback', 'Callback')],
    ['another case of its host', CALLBACK.replace('shop', 'SHOP')],
    ['a port', CALLBACK.replace('.com', '.com:8443')],
    ['the usual port', CALLBACK.replace('.com', '.com:443')],
    ['http', CALLBACK.replace('https', 'http')],
    ['a query', `${CALLBACK}?next=1`],
    ['an empty query', `${CALLBACK}?`],
    ['a fragment', `${CALLBACK}#x`],
    ['an empty fragment', `${CALLBACK}#`],
    ['a user name', CALLBACK.replace('//', '//shop@')],
    ['a host behind its name', `https://shop.example.com@evil.example/callback`],
    ['a dot segment', CALLBACK.replace('/callback', '/x/../callback')],
    ['an encoded dot segment', CALLBACK.replace('/callback', '/%2e/callback')],
    ['an encoded letter', CALLBACK.replace('callback', '%63allback')],
    ['a backslash', CALLBACK.replace('/callback', '\\callback')],
    ['a space', ` ${CALLBACK}`],
    ['a line break', `${CALLBACK}\r\nx: y`],
    ['a host that begins alike', CALLBACK.replace('.com', '.com.evil.example')],
    ['another site', 'https://evil.example/callback'],
    ['a script', 'javascript:alert(1)//'],
    ['no address', 'callback'],
  ] as const) {
    test(`a redirect address with ${what}: a page of ours, and nobody is sent there`, ({
      assert,
    }) =>
      assertRefused(
        assert,
        { redirect_uri: redirectUri },
        { client: 'shop', error: 'invalid_redirect_uri' }
      ))
  }

  for (const [what, clientId, error] of [
    ['unknown', 'nobody', 'invalid_client'],
    ['named in another case', 'SHOP', 'invalid_client'],
    ['named with a space', 'shop ', 'invalid_client'],
    ['named in Korean', '가게', 'invalid_client'],
    ['named by a picture', '🏪', 'invalid_client'],
    ['named by a byte of zero', 'shop\0', 'invalid_client'],
    ['named by 10 kB', 'x'.repeat(10_000), 'invalid_client'],
    ['not named', null, 'invalid_request'],
    ['named twice', ['shop', 'shop'], 'invalid_request'],
    ['named beside another', ['shop', 'nobody'], 'invalid_request'],
  ] as const) {
    test(`a site that is ${what}: a page of ours`, ({ assert }) =>
      assertRefused(
        assert,
        { client_id: typeof clientId === 'object' ? clientId && [...clientId] : clientId },
        { client: undefined, error }
      ))
  }

  test('two things wrong at once: still one line, and nobody is sent away', ({ assert }) =>
    assertRefused(
      assert,
      { redirect_uri: 'https://evil.example/', state: ['one', 'two'] },
      { client: 'shop' }
    ))

  const other = `${SITE}/other`
  group.setup(async () => {
    await aSite({ clientId: 'pair', redirectUris: [CALLBACK, other] })
  })
  for (const [what, redirect] of [
    ['none of its two addresses', null],
    ['both of its two addresses', [CALLBACK, other]],
    ["one of its two addresses and a stranger's", [other, 'https://evil.example/']],
  ] as const) {
    test(`a site that names ${what}: a page of ours`, ({ assert }) =>
      assertRefused(
        assert,
        { client_id: 'pair', redirect_uri: redirect && [...redirect] },
        { client: 'pair', error: 'invalid_request' }
      ))
  }

  test('a site that was switched off is one that nobody knows', async ({ assert }) => {
    await aSite({ clientId: 'closed' })
    await new ChangeClient().handle('closed', { deed: 'disable' }, commandActor())
    const error = 'invalid_client'
    await assertRefused(assert, { client_id: 'closed' }, { client: undefined, error })
  })

  for (const [what, open] of [
    ['in another browser', async (path: string) => new Visitor({ language: 'en' }).get(path)],
    [
      'that nobody has made',
      async (_path: string, visitor: Visitor) => visitor.get('/oidc/interaction/nobody-made-this'),
    ],
    [
      'an hour later',
      async (path: string, visitor: Visitor) => {
        const before = sqlTime(now().minus({ seconds: 1 }))
        await db.from('oidc_payloads').update({ expires_at: before })
        return visitor.get(path)
      },
    ],
  ] as const) {
    test(`a request that waits, opened ${what}, is a page of ours`, async ({ assert }) => {
      const { config } = world
      const visitor = new Visitor({ language: 'en' })
      const request = await aRequest(config, { provider: 'kakao' })
      const { location } = await visitor.get(request.url.href)
      let page: Page
      const lines = await warningsDuring(async () => (page = await open(location, visitor)))
      assertOurPage(assert, page!, 'en')
      assertNoted(assert, lines, { event: 'interaction.error', error: 'expired' })
    })
  }
})

test.group('Authorization requests that are refused at the site', (group) => {
  const world = withSite(group)

  const unsupported = 'unsupported_response_type'
  for (const [what, change, error] of [
    ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['PKCE without its method, which is plain', { code_challenge_method: null }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE of an unknown method', { code_challenge_method: 'S512' }, 'invalid_request'],
    ['a challenge too short', { code_challenge: 'x' }, 'invalid_request'],
    ['a challenge of 10 kB', { code_challenge: 'x'.repeat(10_000) }, 'invalid_request'],
    ['the implicit flow', { response_type: 'id_token' }, unsupported],
    ['a hybrid flow', { response_type: 'code id_token' }, unsupported],
    ['an access token from the page', { response_type: 'token' }, unsupported],
    ['no response type', { response_type: null }, 'invalid_request'],
    ['an unknown way to answer', { response_mode: 'web_message' }, 'unsupported_response_mode'],
    ['prompt=none with login', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'evil' }, 'invalid_request'],
    ['an age that is no number', { max_age: 'NaN' }, 'invalid_request'],
    ['an age below zero', { max_age: '-1' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['a hint that is forged', { id_token_hint: 'e30.e30.e30' }, 'invalid_request'],
  ] satisfies [string, Change, string][]) {
    test(`${what} is refused in the protocol's words`, async ({ assert }) => {
      const { config, visitor } = world
      const address = await spoilt(config, change)
      let answer: Page
      const lines = await warningsDuring(async () => (answer = await visitor.get(address)))
      assertToldToSite(assert, answer!, error)
      assertNoted(assert, lines, { event: 'authorization.error', client: 'shop', error })
    })
  }

  test('a site gets no scope beyond its registration', async ({ assert }) => {
    const { visitor } = world
    const config = await siteClient(await aSite({ clientId: 'small', scopes: ['openid'] }), 'small')
    const address = await spoilt(config, { scope: 'openid email' })
    let answer: Page
    const lines = await warningsDuring(async () => (answer = await visitor.get(address)))
    assertToldToSite(assert, answer!, 'invalid_scope')
    assertNoted(assert, lines, { client: 'small', error: 'invalid_scope' })
    const request = await aRequest(config, { scope: 'openid offline_access' })
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    assert.equal(tokens.scope, 'openid')
    assert.notProperty(tokens.claims()!, 'email')
  })

  test('an address of its own beside another: it is told at its own', async ({ assert }) => {
    const { config, visitor } = world
    for (const redirect of [
      [CALLBACK, CALLBACK],
      [CALLBACK, 'https://evil.example/'],
      ['https://evil.example/', CALLBACK],
    ]) {
      const address = await spoilt(config, { redirect_uri: redirect })
      let answer: Page
      const lines = await warningsDuring(async () => (answer = await visitor.get(address)))
      assertToldToSite(assert, answer!, 'invalid_request')
      assertNoted(assert, lines, { client: 'shop', error: 'invalid_request' })
    }
  })

  test("a stranger's request_uri is refused, and nobody fetches it", async ({
    assert,
    cleanup,
  }) => {
    const asked: string[] = []
    const stranger = createServer((request, response) => {
      asked.push(request.url!)
      response.end('e30.e30.')
    }).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    cleanup(() => {
      stranger.close()
    })
    const { port } = stranger.address() as AddressInfo
    const { config: shop, visitor } = world
    const other = await siteClient(await aSite({ clientId: 'other' }), 'other')
    const pushed = await openid.buildAuthorizationUrlWithPAR(
      other,
      (await aRequest(other)).url.searchParams
    )
    const known = 'urn:ietf:params:oauth:request_uri:'
    for (const [uri, error] of [
      [`http://127.0.0.1:${port}/request`, 'request_uri_not_supported'],
      ['https://evil.example/request', 'request_uri_not_supported'],
      [`${known}nobody-made-this`, 'invalid_request_uri'],
      [pushed.searchParams.get('request_uri')!, 'invalid_request_object'],
    ]) {
      const address = await spoilt(shop, { request_uri: uri })
      let answer: Page
      const lines = await warningsDuring(async () => (answer = await visitor.get(address)))
      assertToldToSite(assert, answer!, error)
      assertNoted(assert, lines, { client: 'shop', error })
    }
    assert.isEmpty(asked)
  })

  test('by a form, where it asks for one, which our policy lets go to the site', async ({
    assert,
  }) => {
    const { config, visitor } = world
    for (const change of [{ code_challenge: null }, { state: ['one', 'two'] }] as Change[]) {
      const address = await spoilt(config, { response_mode: 'form_post', ...change })
      const page = await visitor.get(address)
      assert.equal(page.fieldValue('error'), 'invalid_request')
      assert.include(page.actions, CALLBACK)
      const policy = page.headers.get('content-security-policy')!
      assert.include(policy, `form-action ${SITE};`, JSON.stringify(change))
    }
    const stranger = await spoilt(config, {
      response_mode: 'form_post',
      redirect_uri: 'https://evil.example/',
    })
    const page = await visitor.get(stranger)
    assert.notInclude(page.headers.get('content-security-policy')!, 'evil.example')
    assertOurPage(assert, page, 'ko')
  })
})

/** What a request may carry, whether we know it or not. */
const PARAMETERS = [
  ...['response_type', 'response_mode', 'scope', 'state', 'nonce', 'code_challenge'],
  ...['code_challenge_method', 'prompt', 'max_age', 'acr_values', 'login_hint', 'id_token_hint'],
  ...['ui_locales', 'display', 'provider', 'claims', 'resource', 'request', 'request_uri'],
]

test.group('Parameters without measure', (group) => {
  const world = withSite(group)

  /** Sent in two ways: by somebody signed in, and by somebody for whom it has to wait. */
  async function assertInOrder(assert: Assert, changes: Record<string, Change>) {
    const { config, visitor } = world
    for (const [what, change] of Object.entries(changes)) {
      for (const person of [visitor, new Visitor()]) {
        const address = await spoilt(config, change)
        let answer: Page
        const lines = await warningsDuring(async () => (answer = await person.visit(address)))
        assert.isBelow(answer!.status, 500, what)
        const isRefused = /[?&#]error=/.test(answer!.location) || answer!.status === 400
        assert.lengthOf(lines, isRefused ? 1 : 0, `${what}: ${JSON.stringify(lines)}`)
        if (isRefused) assertNoted(assert, lines, { client: 'shop' })
        const isOfSite = answer!.location.startsWith(CALLBACK)
        assert.isTrue(isOfSite || answer!.url.startsWith(appUrl), `${what}: ${answer!.location}`)
      }
    }
  }

  test('10 kB of anything', ({ assert }) =>
    assertInOrder(
      assert,
      Object.fromEntries(PARAMETERS.map((name) => [name, { [name]: 'x'.repeat(10_000) }]))
    )).timeout(20_000)

  test('anything twice', async ({ assert }) => {
    const { config, visitor } = world
    for (const name of PARAMETERS.filter((one) => !['claims', 'resource'].includes(one))) {
      const address = await spoilt(config, { [name]: ['one', 'two'] })
      let answer: Page
      const lines = await warningsDuring(async () => (answer = await visitor.get(address)))
      assertToldToSite(assert, answer!, 'invalid_request')
      assertNoted(assert, lines, { client: 'shop', error: 'invalid_request' })
    }
  })

  test('no text at all', ({ assert }) =>
    assertInOrder(
      assert,
      Object.fromEntries(PARAMETERS.map((name) => [name, { [name]: '\0\uFFFD🏪\r\n<b>' }]))
    )).timeout(20_000)

  test('claims that explode are not even read, and give nothing away', async ({ assert }) => {
    const { visitor } = world
    const config = await siteClient(await aSite({ clientId: 'small', scopes: ['openid'] }), 'small')
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`claim${at}`, null]))
    for (const claims of [
      '{"a":'.repeat(700),
      '['.repeat(4_000),
      JSON.stringify({ id_token: wide, userinfo: wide }),
      JSON.stringify({ id_token: { email: { essential: true }, name: null } }),
      '{"id_token":{"__proto__":{"email":null},"constructor":null}}',
    ]) {
      const request = await aRequest(config, { claims, scope: 'openid' })
      const tokens = await request.finish((await visitor.get(request.url.href)).location)
      assert.notProperty(tokens.claims()!, 'email')
      assert.notProperty(tokens.claims()!, 'name')
    }
  })
})

/** What a site's own server sends; nobody looks at the answer but a program. */
async function ask(
  path: string,
  fields: Record<string, string> | string[][] | string,
  headers: Record<string, string> = {}
) {
  let answer: Response
  const lines = await warningsDuring(async () => {
    const body = new URLSearchParams(fields as string)
    answer = await fetch(new URL(path, appUrl), { method: 'POST', body, headers })
  })
  const text = await answer!.text()
  const said = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: answer!.status, headers: answer!.headers, said, lines }
}

const basic = (clientId: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
})

type Answer = Awaited<ReturnType<typeof ask>>

function assertDenied(
  assert: Assert,
  { status, headers, said, lines }: Answer,
  noted: Partial<LogLine>
) {
  assert.equal(status, noted.error === 'invalid_client' ? 401 : 400)
  assert.equal(said.error, noted.error)
  assert.notProperty(said, 'access_token')
  assert.isNull(headers.get('location'))
  assertNoted(assert, lines, noted)
}

test.group('Calls of a site that are not in order', (group) => {
  const world = withSite(group)
  let [shop, other] = [{}, {}]
  group.setup(async () => {
    shop = basic('shop', world.secret)
    other = basic('other', await aSite({ clientId: 'other' }))
  })

  /** A code for the member that the site has in its hands, and what it sends with it. */
  async function aCode(config = world.config) {
    const verifier = openid.randomPKCECodeVerifier()
    const { url } = await aRequest(config)
    url.searchParams.set('code_challenge', await openid.calculatePKCECodeChallenge(verifier))
    const { location } = await world.visitor.get(url.href)
    const code = new URL(location).searchParams.get('code')!
    const grant = { grant_type: 'authorization_code', redirect_uri: CALLBACK }
    return { ...grant, code, code_verifier: verifier }
  }

  const INVALID_GRANT = { event: 'grant.error', client: 'shop', error: 'invalid_grant' }
  const INVALID_CLIENT = { event: 'grant.error', error: 'invalid_client' }

  test('a code used twice: refused, and what it gave is taken back', async ({ assert }) => {
    const { config } = world
    const fields = await aCode()
    const { said: given } = await ask('/oidc/token', fields, shop)
    assertDenied(assert, await ask('/oidc/token', fields, shop), INVALID_GRANT)
    assert.isFalse((await openid.tokenIntrospection(config, String(given.access_token))).active)
    const refresh = { grant_type: 'refresh_token', refresh_token: String(given.refresh_token) }
    assertDenied(assert, await ask('/oidc/token', refresh, shop), INVALID_GRANT)
  })

  test("a code of another site: refused, and still the other site's to use", async ({ assert }) => {
    const fields = await aCode()
    assertDenied(assert, await ask('/oidc/token', fields, other), {
      ...INVALID_GRANT,
      client: 'other',
    })
    assert.equal((await ask('/oidc/token', fields, shop)).status, 200)
  })

  for (const [what, seconds, isTaken] of [
    ['59 seconds later', 0, true],
    ['a minute later', -1, false],
  ] as const) {
    test(`a code ${what} is ${isTaken ? 'taken' : 'refused'}`, async ({ assert }) => {
      const fields = await aCode()
      const row = await db
        .from('oidc_payloads')
        .where('model', 'AuthorizationCode')
        .orderBy('id', 'desc')
        .first()
      const lifetime =
        (new Date(row.expires_at).getTime() - new Date(row.created_at).getTime()) / 1_000
      assert.closeTo(lifetime, 60, 1)
      if (seconds < 0) {
        const before = sqlTime(now().plus({ seconds }))
        await db.from('oidc_payloads').where('id', row.id).update({ expires_at: before })
      }
      const answer = await ask('/oidc/token', fields, shop)
      if (isTaken) assert.equal(answer.status, 200)
      else assertDenied(assert, answer, INVALID_GRANT)
    })
  }

  for (const [what, change, error] of [
    ['that nobody gave', { code: 'x'.repeat(43) }, 'invalid_grant'],
    ['of 10 kB', { code: 'x'.repeat(10_000) }, 'invalid_grant'],
    ['of no text', { code: '\0🏪' }, 'invalid_grant'],
    ['without its verifier', { code_verifier: null }, 'invalid_grant'],
    ['with another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['with the challenge for a verifier', { code_verifier: 'x' }, 'invalid_request'],
    ['for another address', { redirect_uri: `${CALLBACK}/` }, 'invalid_grant'],
    ['for an unknown flow', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['for client credentials', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['twice in one call', { code: ['one', 'two'] }, 'invalid_request'],
  ] satisfies [string, Change, string][]) {
    test(`a code ${what} is refused`, async ({ assert }) => {
      const fields = await aCode()
      const sent = Object.entries<string>(fields).filter(([name]) => !(name in change))
      for (const [name, value] of Object.entries(change as Change)) {
        for (const one of [value ?? []].flat()) sent.push([name, one])
      }
      const answer = await ask('/oidc/token', sent, shop)
      assertDenied(assert, answer, { event: 'grant.error', client: 'shop', error })
    })
  }

  test('a secret that is wrong, retired, or of another site opens nothing', async ({ assert }) => {
    const secret = await aSite({ clientId: 'till' })
    const config = await siteClient(secret, 'till')
    const fields = await aCode(config)
    const call = async (clientId: string, given: string, sent: Record<string, string> = fields) =>
      ask('/oidc/token', sent, basic(clientId, given))
    const change = new ChangeClient()
    const rotate = async (graceMs: number) => {
      const rotated = await change.handle('till', { deed: 'rotate', graceMs }, commandActor())
      return rotated.kind === 'done' ? rotated.secret! : ''
    }
    for (const [clientId, given] of [
      ['till', `${secret}x`],
      ['till', secret.slice(0, -1)],
      ['till', secret.toUpperCase()],
      ['till', 'x'.repeat(10_000)],
      ['shop', secret],
      ['nobody', secret],
      ['TILL', secret],
      ['till ', secret],
    ]) {
      assertDenied(assert, await call(clientId, given), INVALID_CLIENT)
      const posted = { ...fields, client_id: clientId, client_secret: given }
      assertDenied(assert, await ask('/oidc/token', posted), INVALID_CLIENT)
    }
    assertDenied(assert, await ask('/oidc/token', { ...fields, client_id: 'till' }), INVALID_CLIENT)

    const fresher = await rotate(60_000)
    for (const one of [secret, fresher]) {
      assert.equal((await call('till', one, await aCode(config))).status, 200)
    }
    /* Retired, as its grace ends. */
    const ended = sqlTime(now().minus({ seconds: 1 }))
    await db.from('client_secrets').whereNotNull('retire_until').update({ retire_until: ended })
    assertDenied(assert, await call('till', secret), INVALID_CLIENT)
    /* Revoked, as after a leak. */
    const last = await rotate(0)
    assertDenied(assert, await call('till', fresher), INVALID_CLIENT)
    assert.equal((await call('till', last)).status, 200)
    /* Of a site that was switched off, which has nothing of anybody any more. */
    await change.handle('till', { deed: 'disable' }, commandActor())
    assertDenied(assert, await call('till', last), INVALID_CLIENT)
    assert.isEmpty(await db.from('oidc_payloads').where('client_id', 'till'))
  })

  for (const [what, headers] of [
    ['no scheme', 'x'],
    ['no base64', 'Basic %%%'],
    ['no colon', `Basic ${Buffer.from('shop').toString('base64')}`],
    ['no secret', `Basic ${Buffer.from('shop:').toString('base64')}`],
    ['no percent code', `Basic ${Buffer.from('shop:%zz').toString('base64')}`],
    ['10 kB', `Basic ${'x'.repeat(10_000)}`],
  ]) {
    test(`credentials with ${what} are none`, async ({ assert }) => {
      const fields = await aCode()
      const { status, said, lines } = await ask('/oidc/token', fields, { authorization: headers })
      assert.include([400, 401], status)
      assert.include(['invalid_request', 'invalid_client'], String(said.error))
      assertNoted(assert, lines, { event: 'grant.error' })
    })
  }

  test('a refresh token is refused once used, once expired, and to another site', async ({
    assert,
  }) => {
    const { config } = world
    const refreshing = (token: unknown) => ({
      grant_type: 'refresh_token',
      refresh_token: String(token),
    })
    const first = (await ask('/oidc/token', await aCode(), shop)).said
    const stolen = await ask('/oidc/token', refreshing(first.refresh_token), other)
    assertDenied(assert, stolen, { ...INVALID_GRANT, client: 'other' })
    const second = (await ask('/oidc/token', refreshing(first.refresh_token), shop)).said
    assert.isString(second.refresh_token)
    const again = await ask('/oidc/token', refreshing(first.refresh_token), shop)
    assertDenied(assert, again, INVALID_GRANT)
    const family = await ask('/oidc/token', refreshing(second.refresh_token), shop)
    assertDenied(assert, family, INVALID_GRANT)
    assert.isFalse((await openid.tokenIntrospection(config, String(second.access_token))).active)

    const late = (await ask('/oidc/token', await aCode(), shop)).said
    const before = sqlTime(now().minus({ seconds: 1 }))
    await db.from('oidc_payloads').where('model', 'RefreshToken').update({ expires_at: before })
    const expired = await ask('/oidc/token', refreshing(late.refresh_token), shop)
    assertDenied(assert, expired, INVALID_GRANT)

    const wider = (await ask('/oidc/token', await aCode(), shop)).said
    const beyond = { ...refreshing(wider.refresh_token), scope: 'openid phone' }
    assertDenied(assert, await ask('/oidc/token', beyond, shop), {
      ...INVALID_GRANT,
      error: 'invalid_scope',
    })
  })

  test('a body too large, of another type, or of no sense is refused', async ({ assert }) => {
    const fields = await aCode()
    const large = await ask('/oidc/token', { ...fields, more: 'x'.repeat(60_000) }, shop)
    assertDenied(assert, large, { event: 'grant.error', error: 'invalid_request' })
    for (const path of ['/oidc/token', '/oidc/request', '/oidc/token/revocation']) {
      const json = await ask(path, fields, { ...shop, 'content-type': 'application/json' })
      assertDenied(assert, json, { error: 'invalid_request' })
      const nothing = await ask(path, '', shop)
      assertDenied(assert, nothing, { client: 'shop', error: 'invalid_request' })
    }
  })

  test('a request that is pushed is checked as one that is opened', async ({ assert }) => {
    const { config } = world
    for (const [change, error] of [
      [{ redirect_uri: 'https://evil.example/' }, 'invalid_request'],
      [{ code_challenge: null }, 'invalid_request'],
      [{ client_id: 'other' }, 'invalid_request'],
      [{ state: ['one', 'two'] }, 'invalid_request'],
      [{ request_uri: 'https://evil.example/' }, 'request_uri_not_supported'],
      [{ request: 'e30.e30.' }, 'request_not_supported'],
    ] satisfies [Change, string][]) {
      const { searchParams } = new URL(await spoilt(config, change))
      const answer = await ask('/oidc/request', [...searchParams], shop)
      assertDenied(assert, answer, { event: 'pushed_authorization_request.error', error })
    }
    const large = new URL(await spoilt(config, { state: 'x'.repeat(40_000) })).searchParams
    assert.equal((await ask('/oidc/request', [...large], shop)).status, 201)
  })

  test("a site sees nothing of another site's tokens, and ends none", async ({ assert }) => {
    const { config } = world
    const fields = await aCode()
    const { said: given } = await ask('/oidc/token', fields, shop)
    for (const name of ['access_token', 'refresh_token']) {
      const token = { token: String(given[name]) }
      const seen = await ask('/oidc/token/introspection', token, other)
      assert.deepEqual(seen.said, { active: false })
      await ask('/oidc/token/revocation', token, other)
      assert.isTrue((await openid.tokenIntrospection(config, token.token)).active)
    }
  })

  test('user info is for an access token alone', async ({ assert }) => {
    const fields = await aCode()
    const { said: given } = await ask('/oidc/token', fields, shop)
    for (const [authorization, status, error] of [
      ['Bearer nobody-gave-this', 401, 'invalid_token'],
      [`Bearer ${given.refresh_token}`, 401, 'invalid_token'],
      [`Bearer ${given.id_token}`, 401, 'invalid_token'],
      [`Bearer ${'x'.repeat(10_000)}`, 401, 'invalid_token'],
      ['Basic eDp4', 400, 'invalid_request'],
    ] as const) {
      let answer: Response
      const lines = await warningsDuring(async () => {
        answer = await fetch(new URL('/oidc/me', appUrl), { headers: { authorization } })
      })
      assert.equal(answer!.status, status)
      assertNoted(assert, lines, { event: 'userinfo.error', error })
    }
  })
})

test.group('A forged Host', (group) => {
  group.each.setup(() => emptyDatabase())

  const forged = {
    'host': 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-prefix': '/evil',
    'forwarded': 'host=evil.example;proto=https',
    'x-original-url': '/evil',
  }

  test('discovery shows our addresses alone', async ({ assert }) => {
    await aSite()
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

  test('a request of a site, its answer and its refusal lead to our addresses and its own', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ')
    const open = async (more: Record<string, string>, headers: Record<string, string>) => {
      const { pathname, search } = (await aRequest(config, more)).url
      return rawRequest(appUrl, {
        method: 'GET',
        path: pathname + search,
        headers: { ...forged, ...headers },
      })
    }
    const waiting = await open({}, {})
    assert.isTrue(waiting.headers.location!.startsWith('/user/login?next=%2Foidc%2Finteraction%2F'))
    const form = await open({ response_mode: 'form_post' }, { cookie })
    for (const answer of [
      waiting,
      form,
      await open({}, { cookie }),
      await open({ prompt: 'none' }, {}),
      await open({ redirect_uri: 'https://other.example/' }, { cookie }),
    ]) {
      assert.isBelow(answer.status, 500)
      assert.notInclude(JSON.stringify(answer), 'evil')
      const target = new URL(answer.headers.location ?? '/', appUrl).origin
      assert.include([SITE, new URL(appUrl).origin], target)
    }
    assert.include(new Markup(form.text).actions, CALLBACK)
  })

  /* What the proxy says is believed nowhere here, whether it is trusted or not. */
  for (const [what, trusted] of [
    ['that TRUST_PROXY does not name', undefined],
    ['that TRUST_PROXY names', 'loopback'],
  ] as const) {
    test(`behind a proxy ${what} addresses are those of APP_URL`, async ({ assert, cleanup }) => {
      const issuer = 'https://id.example.com'
      const settings = onThisDatabase({ APP_URL: issuer, TRUST_PROXY: trusted })
      const server = await spawnServer(settings, { patienceMs: 60_000 })
      cleanup(async () => {
        await server.stop()
      })
      const secret = await aSite()
      const get = (path: string) => rawRequest(server.url, { method: 'GET', path, headers: forged })
      const { text } = await get('/.well-known/openid-configuration')
      assert.notInclude(text, 'evil')
      assert.equal(JSON.parse(text).issuer, issuer)
      assert.equal(JSON.parse(text).authorization_endpoint, `${issuer}/oidc/auth`)

      const config = new openid.Configuration(JSON.parse(text), 'shop', secret)
      const request = await aRequest(config)
      const waiting = await get(request.url.pathname + request.url.search)
      assert.notInclude(JSON.stringify(waiting), 'evil')
      const { origin, pathname } = new URL(waiting.headers.location!, issuer)
      assert.equal(origin, issuer)
      assert.equal(pathname, '/user/login')
      const cookies = waiting.headers['set-cookie'] ?? []
      assert.isNotEmpty(cookies)
      for (const one of cookies) assert.match(one, /^__(Secure|Host)-.*; secure/i)
    }).timeout(60_000)
  }
})
