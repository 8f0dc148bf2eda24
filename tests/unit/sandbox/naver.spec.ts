import { test } from '@japa/runner'
import { SandboxNaver } from '#sandbox/naver'
import type { NewSandboxApp } from '#sandbox/simulator'
import { ask } from '#tests/support/ask_simulator'
import { Markup } from '#tests/support/markup'

const CALLBACK = 'https://shop.example.com/callback'
const TIME = Date.parse('2026-03-01T02:03:04Z')

function start(more: Partial<NewSandboxApp> = {}) {
  const clock = { now: TIME }
  const naver = new SandboxNaver({ now: () => clock.now, hangMs: 9 })
  naver.register({
    clientId: 'client',
    clientSecrets: ['secret'],
    redirectUris: [CALLBACK],
    name: 'Shop & Co',
    ...more,
  })
  return { naver, clock }
}

const authorizeQuery = {
  response_type: 'code',
  client_id: 'client',
  redirect_uri: CALLBACK,
  state: 'a b',
}

const ALL = [
  ['agree', 'email'],
  ['agree', 'name'],
  ['agree', 'nickname'],
]

function consent(naver: SandboxNaver, form: string[][], more: Record<string, string> = {}) {
  const query = { ...authorizeQuery, ...more }
  return ask(naver, '/oauth2.0/authorize/consent', { query, form })
}

function codeFor(naver: SandboxNaver, person: string, ticks = ALL, more: string[][] = []) {
  const form = [['action', 'agree'], ['person', person], ...ticks, ...more]
  return new URL(consent(naver, form).headers.location).searchParams.get('code')!
}

const keys = { client_id: 'client', client_secret: 'secret' }

function exchange(naver: SandboxNaver, code: string, more: Record<string, string> = {}) {
  const form = { grant_type: 'authorization_code', ...keys, code, state: 'a b', ...more }
  return ask(naver, '/oauth2.0/token', { form })
}

function tokens(naver: SandboxNaver, person: string, ...rest: string[][][]) {
  const response = exchange(naver, codeFor(naver, person, ...rest))
  return JSON.parse(response.body) as { access_token: string; refresh_token: string }
}

function api(naver: SandboxNaver, path: string, token: string, query?: Record<string, string>) {
  return ask(naver, path, { query, headers: { authorization: `Bearer ${token}` } })
}

test.group('Naver | authorize', () => {
  test('an agreement redirects with code and state', ({ assert }) => {
    const { naver } = start()
    const response = consent(naver, [['action', 'agree'], ['person', 'minjun'], ...ALL])
    assert.equal(response.status, 302)
    assert.equal(response.body, '')
    assert.match(
      response.headers.location,
      /^https:\/\/shop\.example\.com\/callback\?code=[A-Za-z0-9]{18}&state=a\+b$/
    )
  })

  test('a cancel uses + for spaces, in the order of the real link', ({ assert }) => {
    const { naver } = start()
    assert.equal(
      consent(naver, [['action', 'cancel']]).headers.location,
      `${CALLBACK}?error=access_denied&error_description=Canceled+By+User&state=a+b`
    )
  })

  test('other errors come in the documented order, state first', ({ assert }) => {
    const { naver } = start()
    const form = [
      ['action', 'error'],
      ['error', 'server_error'],
    ]
    assert.match(
      consent(naver, form).headers.location,
      /\?state=a\+b&error=server_error&error_description=/
    )
  })

  test('shows an error page and redirects nowhere when {wrong} is wrong')
    .with([
      { wrong: 'client_id', value: 'nobody' },
      { wrong: 'redirect_uri', value: CALLBACK + '?x=1' },
      { wrong: 'response_type', value: 'token' },
      { wrong: 'state', value: '' },
    ])
    .run(({ assert }, { wrong, value }) => {
      const { naver } = start()
      const query = { ...authorizeQuery, [wrong]: value }
      const response = ask(naver, '/oauth2.0/authorize', { query })
      assert.notProperty(response.headers, 'location')
      assert.match(response.headers['content-type'], /^text\/html/)
      assert.include(response.body, `<title>sandbox.refused_naver `)
      assert.include(response.body, wrong)
    })

  test('takes its parameters by POST too', ({ assert }) => {
    const { naver } = start()
    const response = ask(naver, '/oauth2.0/authorize', { form: authorizeQuery })
    assert.equal(response.status, 200)
    const [action] = new Markup(response.body).actions
    const begins = '/oauth2.0/authorize/consent?response_type=code&client_id=client&'
    assert.isTrue(action.startsWith(begins), action)
  })
})

test.group('Naver | token', () => {
  test('a code gives tokens, with expires_in as text', ({ assert }) => {
    const { naver } = start()
    const response = exchange(naver, codeFor(naver, 'minjun'))
    assert.equal(response.status, 200)
    assert.match(response.headers['content-type'], /^application\/json/)
    assert.match(
      response.body,
      /^\{"access_token":"AAAA[A-Za-z0-9+/=]+","refresh_token":"[A-Za-z0-9]{64}","token_type":"bearer","expires_in":"3600"\}$/
    )
    assert.match(JSON.parse(response.body).access_token, /(?=.*\+)(?=.*\/)/)
  })

  test('answers GET as well, and ignores redirect_uri', ({ assert }) => {
    const { naver } = start()
    const query = {
      grant_type: 'authorization_code',
      ...keys,
      code: codeFor(naver, 'minjun'),
      state: 'a b',
      redirect_uri: 'https://elsewhere.example/',
    }
    assert.include(ask(naver, '/oauth2.0/token', { query }).body, '"access_token":"AAAA')
  })

  test('a used, late or invented code is refused with status 200', ({ assert }) => {
    const { naver, clock } = start()
    const code = codeFor(naver, 'minjun')
    exchange(naver, code)
    const late = codeFor(naver, 'minjun')
    clock.now += 601_000
    for (const one of [code, late, 'made-up']) {
      const response = exchange(naver, one)
      assert.equal(response.status, 200)
      assert.equal(
        response.body,
        '{"error":"invalid_request","error_description":"no valid data in session"}'
      )
    }
  })

  test('wrong keys are refused with status 200, and the code survives', ({ assert }) => {
    const { naver } = start()
    const code = codeFor(naver, 'minjun')
    const wrongs: Record<string, string>[] = [{ client_secret: 'old' }, { client_id: 'nobody' }]
    for (const wrong of wrongs) {
      const response = exchange(naver, code, wrong)
      assert.equal(response.status, 200)
      assert.equal(
        response.body,
        // eslint-disable-next-line tests/copied-text -- Naver's own words
        '{"error":"invalid_request","error_description":"wrong client id / client secret pair"}'
      )
    }
    assert.include(exchange(naver, code).body, 'access_token')
  })

  test('a refresh brings no refresh token, and the old one stays good', ({ assert }) => {
    const { naver } = start()
    const { refresh_token: token } = tokens(naver, 'minjun')
    for (let turn = 0; turn < 2; turn++) {
      const form = { grant_type: 'refresh_token', ...keys, refresh_token: token }
      assert.match(
        ask(naver, '/oauth2.0/token', { form }).body,
        /^\{"access_token":"AAAA[A-Za-z0-9+/=]+","token_type":"bearer","expires_in":"3600"\}$/
      )
    }
  })

  test('the old delete calls everything a success', ({ assert }) => {
    const { naver } = start()
    const { access_token: token } = tokens(naver, 'minjun')
    const form = { grant_type: 'delete', ...keys, service_provider: 'NAVER' }
    for (const one of [token, 'made-up']) {
      const response = ask(naver, '/oauth2.0/token', { form: { ...form, access_token: one } })
      assert.equal(response.body, `{"access_token":"${one}","result":"success"}`)
    }
    assert.equal(api(naver, '/v1/nid/me', token).status, 401)
  })
})

test.group('Naver | who someone is', () => {
  test('a full profile, byte for byte, with escaped slashes and letters', ({ assert }) => {
    const { naver } = start()
    const { access_token: token } = tokens(naver, 'minjun')
    const response = api(naver, '/v1/nid/me', token)
    const id = naver.subjectOf('minjun', 'client')
    assert.match(id, /^[\w-]{43}$/)
    assert.equal(response.status, 200)
    assert.equal(
      response.body,
      String.raw`{"resultcode":"00","message":"success","response":{"id":"${id}","nickname":"\ubbfc\uc900","profile_image":"https:\/\/img.example.com\/contact\/minjun.png","email":"minjun@example.com","name":"\uae40\ubbfc\uc900"}}`
    )
  })

  test('nothing agreed leaves the id alone', ({ assert }) => {
    const { naver } = start()
    const { access_token: token } = tokens(naver, 'minjun', [])
    assert.equal(
      api(naver, '/v1/nid/me', token).body,
      `{"resultcode":"00","message":"success","response":{"id":"${naver.subjectOf('minjun', 'client')}"}}`
    )
  })

  test('a person without e-mail, without nickname, and with an old id', ({ assert }) => {
    const { naver } = start()
    const me = (slug: string) => api(naver, '/v1/nid/me', tokens(naver, slug).access_token).body
    assert.notInclude(me('haneul'), 'email')
    assert.include(me('jiwoo'), '"nickname":"jiwo***"')
    assert.match(me('sungho'), /"response":\{"id":"\d{8}",/)
  })

  test('ids differ between client ids', ({ assert }) => {
    const { naver } = start()
    naver.register({ clientId: 'other', clientSecrets: ['x'] })
    assert.notEqual(naver.subjectOf('minjun', 'client'), naver.subjectOf('minjun', 'other'))
  })

  test('a dead token is 024, a missing one 028', ({ assert }) => {
    const { naver, clock } = start()
    const { access_token: token } = tokens(naver, 'minjun')
    clock.now += 3_601_000
    const dead = api(naver, '/v1/nid/me', token)
    assert.equal(dead.status, 401)
    assert.equal(
      dead.body,
      '{"resultcode":"024","message":"Authentication failed (인증 실패하였습니다.)"}'
    )
    const missing = ask(naver, '/v1/nid/me')
    assert.equal(missing.status, 401)
    assert.match(missing.body, /^\{"resultcode":"028","message":"Authentication header not exists/)
  })

  test('verify says only that a token is good, unless asked for more', ({ assert }) => {
    const { naver } = start()
    const { access_token: token } = tokens(naver, 'minjun', [['agree', 'email']])
    const verify = (query?: Record<string, string>) =>
      api(naver, '/v1/nid/verify', token, query).body
    assert.equal(verify(), '{"resultcode":"00","message":"success"}')
    assert.deepEqual(JSON.parse(verify({ info: 'true' })).response, {
      token,
      expire_date: '2026-03-01T03:03:04.000Z',
      allowed_profile: 'email',
    })
  })
})

test.group('Naver | revoke', () => {
  const revoke = (naver: SandboxNaver, form: Record<string, string>) =>
    ask(naver, '/oauth2.0/revoke', { form })

  test('ends the pair by either token, with an empty 200, and forgets the consent', ({
    assert,
  }) => {
    const { naver } = start()
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const pair = tokens(naver, 'minjun')
      const response = revoke(naver, { ...keys, token: pair[kind] })
      assert.equal(response.status, 200)
      assert.equal(response.body, '')
      assert.equal(api(naver, '/v1/nid/me', pair.access_token).status, 401)
      assert.deepEqual(naver.agreedBy('minjun', 'client'), [])
    }
  })

  test('an unknown token is a success too', ({ assert }) => {
    const { naver } = start()
    assert.equal(revoke(naver, { ...keys, token: 'x' }).status, 200)
  })

  test('wrong keys are 401, a missing parameter 400', ({ assert }) => {
    const { naver } = start()
    const wrong = revoke(naver, { ...keys, client_secret: 'old', token: 'x' })
    assert.equal(wrong.status, 401)
    assert.equal(
      wrong.body,
      '{"error":"unauthorized_client","error_description":"Client authentication failed."}'
    )
    const missing = revoke(naver, keys)
    assert.equal(missing.status, 400)
    assert.match(missing.body, /^\{"error":"invalid_request",/)
  })
})

test.group('Naver | asking again', () => {
  test('reprompt adds what was refused and takes nothing away', ({ assert }) => {
    const { naver } = start()
    codeFor(naver, 'minjun', [['agree', 'name']])
    const form = [
      ['action', 'agree'],
      ['person', 'minjun'],
      ['agree', 'email'],
    ]
    consent(naver, form, { auth_type: 'reprompt' })
    assert.sameMembers(naver.agreedBy('minjun', 'client'), ['name', 'email'])
  })

  test('an ordinary trip takes the ticks as they are', ({ assert }) => {
    const { naver } = start()
    codeFor(naver, 'minjun', [['agree', 'name']])
    codeFor(naver, 'minjun', [['agree', 'email']])
    assert.deepEqual(naver.agreedBy('minjun', 'client'), ['email'])
  })
})

test.group('Naver | mishaps chosen on the page', () => {
  test('{mishap}')
    .with([
      { mishap: 'token_wrong_keys', status: 200, body: /wrong client id/ },
      { mishap: 'token_html', status: 200, body: /^<!doctype html>/ },
      { mishap: 'token_5xx', status: 503, body: /503/ },
    ])
    .run(({ assert }, { mishap, status, body }) => {
      const { naver } = start()
      const response = exchange(naver, codeFor(naver, 'minjun', ALL, [['mishap', mishap]]))
      assert.equal(response.status, status)
      assert.match(response.body, body)
    })

  test('{mishap} at the profile step')
    .with([
      { mishap: 'profile_refused', status: 401, body: /"024"/ },
      { mishap: 'profile_html', status: 200, body: /^<!doctype html>/ },
      { mishap: 'profile_5xx', status: 503, body: /503/ },
      { mishap: 'no_email', status: 200, body: /minjun\.png","name"/ },
    ])
    .run(({ assert }, { mishap, status, body }) => {
      const { naver } = start()
      const { access_token: token } = tokens(naver, 'minjun', ALL, [['mishap', mishap]])
      const response = api(naver, '/v1/nid/me', token)
      assert.equal(response.status, status)
      assert.match(response.body, body)
    })
})
