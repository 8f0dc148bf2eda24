import { test } from '@japa/runner'
import { SandboxKakao } from '#sandbox/kakao'
import type { NewSandboxApp } from '#sandbox/simulator'
import { ask } from '#tests/support/ask_simulator'
import { Markup } from '#tests/support/markup'

const CALLBACK = 'https://shop.example.com/callback'
const JSON_TYPE = 'application/json;charset=UTF-8'
const TIME = Date.parse('2026-03-01T02:03:04.567Z')
const DAY = 86_400_000

const app = (more: Partial<NewSandboxApp> = {}): NewSandboxApp => ({
  clientId: 'key',
  clientSecrets: ['secret'],
  redirectUris: [CALLBACK],
  appId: 1234,
  adminKey: 'admin',
  ...more,
})

function start(more: Partial<NewSandboxApp> = {}) {
  const clock = { now: TIME }
  const kakao = new SandboxKakao({ now: () => clock.now, hangMs: 9 })
  kakao.register(app(more))
  return { kakao, clock }
}

const authorizeQuery = {
  client_id: 'key',
  redirect_uri: CALLBACK,
  response_type: 'code',
  state: 'a b&c',
}

function consent(
  kakao: SandboxKakao,
  form: string[][],
  query: Record<string, string> = authorizeQuery
) {
  return ask(kakao, '/oauth/authorize/consent', { query, form })
}

const ALL = [
  ['agree', 'email'],
  ['agree', 'nickname'],
]

function codeFor(
  kakao: SandboxKakao,
  person: string,
  ticks = ALL,
  more: string[][] = [],
  query?: Record<string, string>
) {
  const form = [['action', 'agree'], ['person', person], ...ticks, ...more]
  return new URL(consent(kakao, form, query).headers.location).searchParams.get('code')!
}

function exchange(kakao: SandboxKakao, code: string, more: Record<string, string> = {}) {
  return ask(kakao, '/oauth/token', {
    form: {
      grant_type: 'authorization_code',
      client_id: 'key',
      client_secret: 'secret',
      redirect_uri: CALLBACK,
      code,
      ...more,
    },
  })
}

function tokens(kakao: SandboxKakao, person: string, ...rest: string[][][]) {
  const response = exchange(kakao, codeFor(kakao, person, ...rest))
  return JSON.parse(response.body) as { access_token: string; refresh_token: string }
}

function api(kakao: SandboxKakao, path: string, token: string, query?: Record<string, string>) {
  return ask(kakao, path, { query, headers: { authorization: `Bearer ${token}` } })
}

test.group('Kakao | authorize', () => {
  test('an agreement redirects with an empty 302 and the state as sent', ({ assert }) => {
    const { kakao } = start()
    const response = consent(kakao, [['action', 'agree'], ['person', 'minjun'], ...ALL])
    assert.equal(response.status, 302)
    assert.equal(response.body, '')
    assert.equal(response.headers['content-length'], '0')
    assert.match(
      response.headers.location,
      /^https:\/\/shop\.example\.com\/callback\?code=[\w-]{64}&state=a%20b%26c$/
    )
  })

  test('the callback has no state when none was sent', ({ assert }) => {
    const { kakao } = start()
    const { state, ...query } = authorizeQuery
    assert.isNotEmpty(state)
    const { location } = consent(kakao, [['action', 'cancel']], query).headers
    assert.equal(
      location,
      `${CALLBACK}?error=access_denied&error_description=User%20denied%20access`
    )
  })

  test('a cancel uses %20 and puts the state last', ({ assert }) => {
    const { kakao } = start()
    assert.equal(
      consent(kakao, [['action', 'cancel']]).headers.location,
      `${CALLBACK}?error=access_denied&error_description=User%20denied%20access&state=a%20b%26c`
    )
  })

  test('prompt=none is refused at once by a redirect', ({ assert }) => {
    const { kakao } = start()
    const query = { ...authorizeQuery, prompt: 'none' }
    const response = ask(kakao, '/oauth/authorize', { query })
    assert.equal(response.status, 302)
    assert.include(response.headers.location, 'error=login_required&')
  })

  test('shows error page {code} and redirects nowhere')
    .with([
      { code: 'KOE006', change: { redirect_uri: CALLBACK + '/' } },
      { code: 'KOE101', change: { client_id: 'nobody' } },
      { code: 'KOE205', change: { scope: 'account_email,gender' } },
      { code: 'KOE201', change: { response_type: 'id_token' } },
      { code: 'KOE202', change: { response_type: 'token' } },
      { code: 'KOE204', change: { prompt: 'consent' } },
      {
        code: 'KOE204',
        change: { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
      },
      { code: 'KOE207', change: { redirect_uri: '' } },
    ])
    .run(({ assert }, { code, change }) => {
      const { kakao } = start()
      const query: Record<string, string> = Object.assign({}, authorizeQuery, change)
      for (const path of ['/oauth/authorize', '/oauth/authorize/consent']) {
        const form = path.endsWith('consent') ? { action: 'agree', person: 'minjun' } : undefined
        const response = ask(kakao, path, { query, form })
        assert.equal(response.status, 400)
        assert.notProperty(response.headers, 'location')
        assert.match(response.headers['content-type'], /^text\/html/)
        assert.include(response.body, code)
      }
    })

  test('any loopback address is taken only where the app says so', ({ assert }) => {
    const { kakao } = start({ redirectUris: [], anyLoopbackRedirect: true })
    const status = (redirectUri: string) =>
      ask(kakao, '/oauth/authorize', { query: { ...authorizeQuery, redirect_uri: redirectUri } })
        .status
    assert.equal(status('http://localhost:3333/user/login'), 200)
    assert.equal(status('http://127.0.0.1/x'), 200)
    assert.equal(status('http://localhost.evil.example/'), 400)
    assert.equal(status('http://localhost@evil.example/'), 400)
    assert.equal(status('javascript://localhost/'), 400)
  })
})

test.group('Kakao | token', () => {
  test('a code gives tokens in the order and types of the captures', ({ assert }) => {
    const { kakao } = start()
    const response = exchange(kakao, codeFor(kakao, 'minjun'))
    assert.equal(response.status, 200)
    assert.equal(response.headers['content-type'], JSON_TYPE)
    assert.match(
      response.body,
      /^\{"access_token":"[\w-]{55}","token_type":"bearer","refresh_token":"[\w-]{55}","expires_in":21599,"scope":"account_email profile_image profile_nickname","refresh_token_expires_in":5183999\}$/
    )
  })

  test('scope names only what was agreed to, and is left out when that is nothing', ({
    assert,
  }) => {
    const { kakao } = start()
    const email = exchange(kakao, codeFor(kakao, 'minjun', [['agree', 'email']]))
    assert.include(email.body, '"scope":"account_email",')
    const nothing = exchange(kakao, codeFor(kakao, 'seoyeon', []))
    assert.notInclude(nothing.body, 'scope')
  })

  test('a code works once; again, late or invented it is echoed in KOE320', ({ assert }) => {
    const { kakao, clock } = start()
    const code = codeFor(kakao, 'minjun')
    exchange(kakao, code)
    const refusal = (shown: string) =>
      `{"error":"invalid_grant","error_description":"authorization code not found for code=${shown}","error_code":"KOE320"}`
    const again = exchange(kakao, code)
    assert.equal(again.status, 400)
    assert.equal(again.body, refusal(code))
    assert.equal(exchange(kakao, 'made-up').body, refusal('made-up'))
    assert.equal(exchange(kakao, '').body, refusal(''))

    const late = codeFor(kakao, 'minjun')
    clock.now += 601_000
    assert.equal(exchange(kakao, late).body, refusal(late))
  })

  test('a wrong secret is KOE010, and the code survives it', ({ assert }) => {
    const { kakao } = start()
    const code = codeFor(kakao, 'minjun')
    const wrong = exchange(kakao, code, { client_secret: 'old' })
    assert.equal(wrong.status, 401)
    assert.equal(
      wrong.body,
      '{"error":"invalid_client","error_description":"Bad client credentials","error_code":"KOE010"}'
    )
    assert.equal(exchange(kakao, code).status, 200)
  })

  test('each of several secrets works, one added later too', ({ assert }) => {
    const kakao = new SandboxKakao()
    const registered = kakao.register(app({ clientSecrets: ['old'] }))
    registered.clientSecrets.push('new')
    for (const secret of ['old', 'new']) {
      const code = codeFor(kakao, 'minjun')
      assert.equal(exchange(kakao, code, { client_secret: secret }).status, 200)
    }
  })

  test('no secret is needed where it is switched off', ({ assert }) => {
    const { kakao } = start({ clientSecrets: [] })
    const code = codeFor(kakao, 'minjun')
    assert.equal(exchange(kakao, code, { client_secret: '' }).status, 200)
  })

  test('an unknown client id is KOE101 with the id, and null outside a form', ({ assert }) => {
    const { kakao } = start()
    const refusal = (shown: string) =>
      `{"error":"invalid_client","error_description":"Not exist client_id [${shown}]","error_code":"KOE101"}`
    const unknown = exchange(kakao, 'x', { client_id: 'nobody' })
    assert.equal(unknown.status, 401)
    assert.equal(unknown.body, refusal('nobody'))
    assert.equal(exchange(kakao, 'x', { client_id: '' }).body, refusal(''))

    const inQuery = ask(kakao, '/oauth/token', { method: 'POST', query: { client_id: 'key' } })
    assert.equal(inQuery.body, refusal('null'))
  })

  test('another redirect_uri than at the start is KOE303', ({ assert }) => {
    const { kakao } = start()
    const response = exchange(kakao, codeFor(kakao, 'minjun'), { redirect_uri: CALLBACK + '?' })
    assert.equal(response.status, 400)
    assert.equal(
      response.body,
      '{"error":"invalid_grant","error_description":"Redirect URI mismatch.","error_code":"KOE303"}'
    )
  })

  test('a challenge is met by its verifier only (vector of RFC 7636)', ({ assert }) => {
    const { kakao } = start()
    const query = {
      ...authorizeQuery,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const code = () => codeFor(kakao, 'minjun', ALL, [], query)
    assert.equal(exchange(kakao, code(), { code_verifier: verifier }).status, 200)
    assert.equal(exchange(kakao, code(), { code_verifier: verifier + 'x' }).status, 400)
    assert.equal(exchange(kakao, code()).status, 400)
  })

  test('a refresh brings a new refresh token only in the last month', ({ assert }) => {
    const { kakao, clock } = start()
    const { refresh_token: old } = tokens(kakao, 'minjun')
    const refresh = (token: string) =>
      ask(kakao, '/oauth/token', {
        form: {
          grant_type: 'refresh_token',
          client_id: 'key',
          client_secret: 'secret',
          refresh_token: token,
        },
      })
    assert.match(
      refresh(old).body,
      /^\{"access_token":"[\w-]{55}","token_type":"bearer","expires_in":21599\}$/
    )

    clock.now += 40 * DAY
    assert.match(
      refresh(old).body,
      /"refresh_token":"[\w-]{55}","refresh_token_expires_in":5183999/
    )
    const ended = refresh(old)
    assert.equal(ended.status, 400)
    assert.equal(
      ended.body,
      '{"error":"invalid_grant","error_description":"expired_or_invalid_refresh_token","error_code":"KOE322"}'
    )
  })
})

test.group('Kakao | who someone is', () => {
  test('a full profile, byte for byte', ({ assert }) => {
    const { kakao } = start()
    const { access_token: token } = tokens(kakao, 'minjun')
    const response = api(kakao, '/v2/user/me', token)
    const id = kakao.subjectOf('minjun', 'key')
    assert.match(id, /^3\d{9}$/)
    assert.equal(response.status, 200)
    assert.equal(response.headers['content-type'], JSON_TYPE)
    assert.equal(
      response.body,
      `{"id":${id},"connected_at":"2026-03-01T02:03:04Z","properties":{"nickname":"민준","profile_image":"http://img.example.com/dn/minjun/img_640x640.jpg","thumbnail_image":"http://img.example.com/dn/minjun/img_110x110.jpg"},"kakao_account":{"profile_nickname_needs_agreement":false,"profile_image_needs_agreement":false,"profile":{"nickname":"민준","thumbnail_image_url":"http://img.example.com/dn/minjun/img_110x110.jpg","profile_image_url":"http://img.example.com/dn/minjun/img_640x640.jpg","is_default_image":false,"is_default_nickname":false},"has_email":true,"email_needs_agreement":false,"is_email_valid":true,"is_email_verified":true,"email":"minjun@example.com"}}`
    )
    assert.include(
      api(kakao, '/v2/user/me', token, { secure_resource: 'true' }).body,
      '"profile_image":"https://'
    )
  })

  test('a refused e-mail leaves only that it exists and could be asked for', ({ assert }) => {
    const { kakao } = start()
    const { access_token: token } = tokens(kakao, 'minjun', [['agree', 'nickname']])
    assert.match(
      api(kakao, '/v2/user/me', token).body,
      /"has_email":true,"email_needs_agreement":true\}\}$/
    )
  })

  test('a refused nickname and photo leave no profile', ({ assert }) => {
    const { kakao } = start()
    const { access_token: token } = tokens(kakao, 'minjun', [['agree', 'email']])
    assert.match(
      api(kakao, '/v2/user/me', token).body,
      /^\{"id":\d+,"connected_at":"[^"]+","kakao_account":\{"profile_nickname_needs_agreement":true,"profile_image_needs_agreement":true,"has_email":true,/
    )
  })

  test('a person without e-mail, with an unverified or a lost one', ({ assert }) => {
    const { kakao } = start()
    const me = (slug: string) => api(kakao, '/v2/user/me', tokens(kakao, slug).access_token).body
    assert.match(me('haneul'), /"has_email":false,"email_needs_agreement":false\}\}$/)
    assert.include(me('doyun'), '"is_email_valid":true,"is_email_verified":false,"email":"doyun@')
    assert.include(me('suhyun'), '"is_email_valid":false,"is_email_verified":true,"email":"suhyun@')
  })

  test('the stand-in for a nickname is marked as such', ({ assert }) => {
    const { kakao } = start()
    const { body } = api(kakao, '/v2/user/me', tokens(kakao, 'jiwoo').access_token)
    assert.include(body, '"profile":{"nickname":"닉네임을 등록해주세요",')
    assert.include(body, '"is_default_image":true,"is_default_nickname":true}')
  })

  test('an id beyond 2^53 is a bare number that a double cannot hold', ({ assert }) => {
    const { kakao } = start()
    const { body } = api(kakao, '/v2/user/me', tokens(kakao, 'yerin').access_token)
    const id = /^\{"id":(\d+),/.exec(body)![1]
    assert.equal(id, kakao.subjectOf('yerin', 'key'))
    assert.isAbove(Number(id), Number.MAX_SAFE_INTEGER)
    assert.notEqual(String(JSON.parse(body).id), id)
  })

  test('an app without the e-mail item gets no e-mail keys, one with names gets the name', ({
    assert,
  }) => {
    const { kakao } = start({ items: ['profile_nickname', 'name'] })
    const ticks = [...ALL, ['agree', 'name']]
    const { body } = api(kakao, '/v2/user/me', tokens(kakao, 'minjun', ticks).access_token)
    assert.notInclude(body, 'email')
    assert.match(body, /"name_needs_agreement":false,"name":"김민준"\}\}$/)
  })

  test('ids differ between apps, and are shared by the keys of one app', ({ assert }) => {
    const { kakao } = start()
    kakao.register(app({ clientId: 'key-2' }))
    kakao.register(app({ clientId: 'other', appId: 99 }))
    const id = kakao.subjectOf('minjun', 'key')
    assert.equal(kakao.subjectOf('minjun', 'key-2'), id)
    assert.notEqual(kakao.subjectOf('minjun', 'other'), id)
  })

  test('a dead, foreign or missing token is -401 with its header', ({ assert }) => {
    const { kakao, clock } = start()
    const { access_token: token } = tokens(kakao, 'minjun')
    clock.now += 22_000_000
    for (const headers of [
      {},
      { authorization: 'Bearer x' },
      { authorization: `Bearer ${token}` },
    ]) {
      const response = ask(kakao, '/v2/user/me', { headers: headers as Record<string, string> })
      assert.equal(response.status, 401)
      assert.equal(response.headers['www-authenticate'], 'Bearer error=invalid_token')
      assert.equal(response.body, '{"msg":"this access token does not exist","code":-401}')
    }
  })

  test('the admin key reads and unlinks by id', ({ assert }) => {
    const { kakao } = start()
    tokens(kakao, 'minjun')
    const target = { target_id_type: 'user_id', target_id: kakao.subjectOf('minjun', 'key') }
    const headers = { authorization: 'KakaoAK admin' }
    const me = () => ask(kakao, '/v2/user/me', { query: target, headers })
    assert.include(me().body, 'minjun@example.com')
    const unlinked = ask(kakao, '/v1/user/unlink', { form: target, headers })
    assert.equal(unlinked.body, `{"id":${target.target_id}}`)
    assert.equal(me().status, 400)
    assert.equal(me().body, '{"msg":"NotRegisteredUserException","code":-101}')
  })

  test('a token tells which app it is for, and how long it lasts', ({ assert }) => {
    const { kakao, clock } = start()
    const { access_token: token } = tokens(kakao, 'minjun')
    clock.now += 1_000
    assert.equal(
      api(kakao, '/v1/user/access_token_info', token).body,
      `{"id":${kakao.subjectOf('minjun', 'key')},"expires_in":21598,"app_id":1234}`
    )
  })

  test('scopes tells item by item what was agreed', ({ assert }) => {
    const { kakao } = start({ items: ['profile_nickname', 'account_email'] })
    const { access_token: token } = tokens(kakao, 'minjun', [['agree', 'nickname']])
    assert.equal(
      api(kakao, '/v2/user/scopes', token).body,
      `{"id":${kakao.subjectOf('minjun', 'key')},"scopes":[{"id":"profile_nickname","display_name":"닉네임","type":"PRIVACY","using":true,"agreed":true,"revocable":true},{"id":"account_email","display_name":"카카오계정(이메일)","type":"PRIVACY","using":true,"agreed":false}]}`
    )
  })

  test('one item is taken back, and the answer says what is left', ({ assert }) => {
    const { kakao } = start({ items: ['profile_nickname', 'account_email'] })
    const { access_token: token } = tokens(kakao, 'minjun')
    const headers = { authorization: `Bearer ${token}` }
    const revoke = (scopes: string) =>
      ask(kakao, '/v2/user/revoke/scopes', { form: { scopes }, headers })
    assert.equal(
      revoke('["account_email"]').body,
      `{"id":${kakao.subjectOf('minjun', 'key')},"scopes":[{"id":"profile_nickname","display_name":"닉네임","type":"PRIVACY","using":true,"agreed":true,"revocable":true},{"id":"account_email","display_name":"카카오계정(이메일)","type":"PRIVACY","using":true,"agreed":false}]}`
    )
    assert.deepEqual(kakao.agreedBy('minjun', 'key'), ['profile_nickname'])

    const again = revoke('["account_email"]')
    assert.equal(again.status, 400)
    assert.equal(
      again.body,
      '{"msg":"There is no scopes to revoke. check out if given scope id([account_email]) is correct again.","code":-2}'
    )
    assert.equal(revoke('account_email').status, 400)
    assert.equal(ask(kakao, '/v2/user/revoke/scopes', { headers }).status, 405)
  })

  test('an item that the app requires is not taken back', ({ assert }) => {
    const { kakao } = start({ requiredItems: ['profile_nickname'] })
    const { access_token: token } = tokens(kakao, 'minjun')
    const headers = { authorization: `Bearer ${token}` }
    const form = { scopes: '["profile_nickname"]' }
    const response = ask(kakao, '/v2/user/revoke/scopes', { form, headers })
    assert.equal(response.status, 403)
    assert.equal(
      response.body,
      `{"msg":"[profile_nickname] is not revocable. check out if it's set as required on developers.kakao.com","code":-3}`
    )
    assert.include(kakao.agreedBy('minjun', 'key'), 'profile_nickname')
    const scopes = JSON.parse(api(kakao, '/v2/user/scopes', token).body).scopes
    assert.isFalse(scopes.find(({ id }: { id: string }) => id === 'profile_nickname').revocable)
  })

  test('unlinking ends every token and forgets the consent', ({ assert }) => {
    const { kakao } = start()
    const first = tokens(kakao, 'minjun')
    const second = tokens(kakao, 'minjun')
    const response = ask(kakao, '/v1/user/unlink', {
      method: 'POST',
      headers: { authorization: `Bearer ${second.access_token}` },
    })
    assert.equal(response.body, `{"id":${kakao.subjectOf('minjun', 'key')}}`)
    assert.equal(api(kakao, '/v2/user/me', first.access_token).status, 401)
    assert.deepEqual(kakao.agreedBy('minjun', 'key'), [])
  })
})

test.group('Kakao | asking again', () => {
  test('scope adds what was refused and takes nothing away', ({ assert }) => {
    const { kakao } = start()
    codeFor(kakao, 'minjun', [['agree', 'nickname']])
    const query = { ...authorizeQuery, scope: 'account_email' }
    codeFor(kakao, 'minjun', [['agree', 'email']], [], query)
    assert.sameMembers(kakao.agreedBy('minjun', 'key'), [
      'account_email',
      'profile_image',
      'profile_nickname',
    ])
  })

  test('the page then shows only the refused items of the person last chosen', ({ assert }) => {
    const { kakao } = start()
    const form = [
      ['action', 'agree'],
      ['person', 'minjun'],
      ['agree', 'nickname'],
    ]
    const cookie = consent(kakao, form).headers['set-cookie'].split(';')[0]
    const query = { ...authorizeQuery, scope: 'account_email,profile_nickname' }
    const { body } = ask(kakao, '/oauth/authorize', { query, headers: { cookie } })
    const page = new Markup(body)
    assert.deepEqual(page.valuesOf('[name=agree]', 'value'), ['email'])
    assert.isFalse(page.has('[name=agree][checked]'))
  })
})

test.group('Kakao | mishaps chosen on the page', () => {
  test('{mishap} at the token step')
    .with([
      { mishap: 'token_wrong_keys', status: 401, body: /KOE010/ },
      { mishap: 'token_html', status: 200, body: /^<!doctype html>/ },
      { mishap: 'token_5xx', status: 503, body: /503/ },
    ])
    .run(({ assert }, { mishap, status, body }) => {
      const { kakao } = start()
      const response = exchange(kakao, codeFor(kakao, 'minjun', ALL, [['mishap', mishap]]))
      assert.equal(response.status, status)
      assert.match(response.body, body)
    })

  test('{mishap} at the profile step')
    .with([
      { mishap: 'profile_refused', status: 401, body: /-401/ },
      { mishap: 'profile_html', status: 200, body: /^<!doctype html>/ },
      { mishap: 'profile_5xx', status: 503, body: /503/ },
      { mishap: 'no_email', status: 200, body: /"has_email":false,"email_needs_agreement":false/ },
    ])
    .run(({ assert }, { mishap, status, body }) => {
      const { kakao } = start()
      const { access_token: token } = tokens(kakao, 'minjun', ALL, [['mishap', mishap]])
      const response = api(kakao, '/v2/user/me', token)
      assert.equal(response.status, status)
      assert.match(response.body, body)
    })

  test('a hang delays the right answer', ({ assert }) => {
    const { kakao } = start()
    const late = exchange(kakao, codeFor(kakao, 'minjun', ALL, [['mishap', 'token_hang']]))
    assert.equal(late.delayMs, 9)
    const { access_token: token } = tokens(kakao, 'minjun', ALL, [['mishap', 'profile_hang']])
    assert.equal(api(kakao, '/v2/user/me', token).delayMs, 9)
  })
})
