import { mkdir, rm, writeFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import { rawRequest } from '#tests/support/raw_request'
import { refusal, t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'

test.group('Pages for everybody', () => {
  for (const [path, title] of [
    ['/', 'home.title'],
    ['/user/login', 'session.title'],
    ['/user/create', 'registration.title'],
  ] as const) {
    test(`${path} greets a visitor in Korean, with a trailing slash too`, async ({ assert }) => {
      for (const address of [path, path === '/' ? '/' : `${path}/`]) {
        const page = await new Visitor().get(address)
        assert.equal(page.status, 200)
        assert.deepEqual(page.wordsOf('h1'), [t(title)])
        assert.isTrue(page.has('html[lang=ko]'))
      }
    })
  }

  test('the language is the one the browser asks for, and Korean for any other', async ({
    assert,
  }) => {
    const english = await new Visitor({ language: 'en-GB,en;q=0.9' }).get('/user/login')
    assert.isTrue(english.has('html[lang=en]'))
    const french = await new Visitor({ language: 'fr' }).get('/user/login')
    assert.isTrue(french.has('html[lang=ko]'))
  })

  test('a wrong address or password is said in words', async ({ assert }) => {
    for (const language of ['ko', 'en'] as const) {
      const visitor = new Visitor({ language })
      const login = await visitor.get('/user/login')
      const fields = { email: 'nobody@example.com', password: 'not the right one' }
      const refused = await visitor.submit(login, '/user/login', fields)
      assert.equal(refused.status, 422)
      assert.deepEqual(refused.alerts, [t('session.refused.credentials', {}, language)])
    }
  })

  test('what is wrong with a field is an alert', async ({ assert }) => {
    const visitor = new Visitor()
    const form = await visitor.get('/user/create')
    const fields = { email: 'nobody', name: '', password: 'short' }
    const refused = await visitor.submit(form, '/user/create', fields)
    assert.equal(refused.status, 422)
    assert.deepEqual(refused.alerts, [
      refusal('email'),
      refusal('required', { field: 'name' }),
      refusal('minLength', { min: 10 }),
    ])
  })

  test('an address that does not exist has a page of its own and all headers', async ({
    assert,
  }) => {
    const page = await new Visitor().get('/no/such/page')
    assert.equal(page.status, 404)
    assert.include(page.headers.get('content-security-policy') ?? '', `frame-ancestors 'none'`)
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    assert.isTrue(page.has('html[lang=ko]'))
    assert.lengthOf(page.alerts, 1)
  })

  test('the process and its database say that they are well', async ({ assert }) => {
    for (const path of ['/health/live', '/health/ready']) {
      const page = await new Visitor().get(path)
      assert.equal(page.status, 200)
      assert.equal(JSON.parse(page.text).status, 'ok')
      assert.isNull(page.headers.get('set-cookie'))
    }
  })

  test("files whose name begins with a dot are nobody's, though they lie beside those that are", async ({
    assert,
    cleanup,
  }) => {
    const folder = app.publicPath('.left-here')
    await mkdir(folder)
    await writeFile(app.publicPath('.left-here', 'config'), 'left here')
    await writeFile(app.publicPath('.left-here.txt'), 'left here')
    cleanup(async () => {
      await rm(folder, { recursive: true })
      await rm(app.publicPath('.left-here.txt'))
    })
    for (const path of ['/.left-here.txt', '/%2eleft-here.txt', '/.left-here/config']) {
      const answer = await rawRequest(appUrl, { method: 'GET', path })
      assert.equal(answer.status, 404, path)
      assert.notInclude(answer.text, 'left here')
    }
    const served = await rawRequest(appUrl, { method: 'GET', path: '/favicon.svg' })
    assert.equal(served.status, 200)
  })
})
