import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { Markup } from '#tests/support/markup'
import { rawRequest } from '#tests/support/raw_request'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { makeProvider, startAndConsent, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const OWN = new URL(appUrl)
const FOREIGN = `www.${OWN.host}`

function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return rawRequest(appUrl, { method, path, headers: { host: FOREIGN, ...headers } })
}

test.group('Another name of the site', (group) => {
  const world = withProviders(group)

  for (const [path, target] of [
    ['/user/login', '/user/login?canonical=1'],
    ['/user/login?next=%2Farticle%2Fcreate', '/user/login?next=%2Farticle%2Fcreate&canonical=1'],
    ['/user/create/', '/user/create/?canonical=1'],
    ['/account/sign_in_methods', '/account/sign_in_methods?canonical=1'],
    ['/user/login/social/kakao?next=/a', '/user/login/social/kakao?next=/a&canonical=1'],
    ['/article?page=%EA%B0%80', '/article?page=%EA%B0%80&canonical=1'],
    ['//user/login', '//user/login?canonical=1'],
    ['/user/login?next=//evil.example', '/user/login?next=//evil.example&canonical=1'],
  ]) {
    test(`${path} leads to the same page under APP_URL`, async ({ assert }) => {
      const answer = await ask(path)
      if (answer.status === 404) return assert.equal(path, '//user/login')
      assert.equal(answer.status, 302)
      assert.equal(answer.headers.location, appUrl + target)
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.notProperty(answer.headers, 'set-cookie')
    })
  }

  test('a sign-in that begins there ends well, with its next', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const elsewhere = appUrl.replace('localhost', '127.0.0.1')
    const led = await visitor.get(`${elsewhere}/user/login?next=/article/create`)
    const page = await visitor.get(led.location)
    assert.equal(page.fieldValue('next'), '/article/create')
    const fields = { next: page.fieldValue('next')! }
    const started = await visitor.submit(page, '/user/login/social/kakao', fields)
    const callback = await world.server.consent(started.location)
    assert.equal((await visitor.get(callback)).location, '/article/create')
  })

  for (const path of ['/health/live', '/robots.txt', '/favicon.svg', '/webhooks/kakao/unlinked']) {
    test(`${path} answers machines wherever they ask`, async ({ assert }) => {
      assert.notInclude([301, 302, 303, 307, 308], (await ask(path)).status)
    })
  }

  test('a callback is not led on with its code, and a form is answered where it was sent', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    const { pathname, search } = new URL(await startAndConsent(world.server, visitor, 'naver'))
    const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ')
    const back = await ask(pathname + search, { cookie })
    assert.equal(back.headers.location, '/')
    const form = await ask('/user/login', {}, 'POST')
    assert.notInclude(String(form.headers.location), 'canonical')
    assert.equal((await ask('/user/login', {}, 'HEAD')).status, 200)
  })

  test('it is led once: with the mark a page is served where it was asked', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const page = await ask('/user/login?next=%2Farticle&canonical=1')
    assert.equal(page.status, 200)
    const own = await new Visitor().get('/user/login?canonical=1&next=%2Farticle')
    for (const one of [new Markup(page.text), own]) {
      assert.equal(one.fieldValue('next'), '/article')
      assert.notInclude(one.text, 'canonical')
    }
  })

  test('the mark is in no next and in no link', async ({ assert }) => {
    const answer = await ask('/account/name?canonical=1')
    assert.equal(answer.headers.location, '/user/login?next=%2Faccount%2Fname')
    const kept = await ask('/account/name?a=1&canonical=1&b=2')
    assert.equal(kept.headers.location, '/user/login?next=%2Faccount%2Fname%3Fa%3D1%26b%3D2')
    assert.notInclude((await ask('/article?canonical=1&page=1')).text, 'canonical')
  })

  for (const [host, status] of [
    [OWN.host, 200],
    [OWN.host.toUpperCase(), 200],
    [OWN.hostname, 200],
    [`${OWN.hostname}:9`, 200],
    ['127.0.0.1', 302],
    ['evil.example', 302],
    [`${OWN.hostname}.evil.example`, 302],
    ['[::1]:3333', 302],
    ['a b', 200],
  ] as [string, number][]) {
    test(`Host ${host}: ${status}`, async ({ assert }) => {
      const answer = await ask('/user/login', { host })
      assert.equal(answer.status, status)
      if (status === 302) assert.equal(answer.headers.location, `${appUrl}/user/login?canonical=1`)
    })
  }

  test('what a proxy says counts only if it is trusted, and the log names its setting once', async ({
    assert,
    cleanup,
  }) => {
    const serve = async (settings: Record<string, string>) => {
      const server = await spawnServer(
        onThisDatabase({ APP_URL: 'https://login.example.com', LOG_LEVEL: 'warn', ...settings })
      )
      cleanup(async () => {
        await server.kill()
      })
      return server
    }
    const [distrustful, trustful] = await Promise.all([
      serve({}),
      serve({ TRUST_PROXY: '127.0.0.1' }),
    ])
    const through = (url: string, path = '/user/login', forwarded = 'login.example.com') =>
      rawRequest(url.replace('localhost', '127.0.0.1'), {
        method: 'GET',
        path,
        headers: { 'host': 'app:3333', 'x-forwarded-host': forwarded },
      })

    const led = await through(distrustful.url)
    assert.equal(led.headers.location, 'https://login.example.com/user/login?canonical=1')
    assert.equal((await through(trustful.url)).status, 200)
    const evil = await through(trustful.url, '/user/login', 'evil.example')
    assert.equal(evil.headers.location, led.headers.location)

    for (let turn = 0; turn < 3; turn++) {
      assert.equal((await through(distrustful.url, '/user/login?canonical=1')).status, 200)
    }
    await distrustful.stop()
    assert.lengthOf(distrustful.printed.stdout.match(/proxy_set_header Host/g) ?? [], 1)
    assert.notInclude(distrustful.printed.stdout, 'app:3333')
    await trustful.stop()
    assert.notInclude(trustful.printed.stdout, 'proxy_set_header')
  }).timeout(60_000)
})
