import { mkdir, rm, writeFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import { rawRequest } from '#tests/support/raw_request'
import { Visitor } from '#tests/support/visitor'

test.group('Pages for everybody', () => {
  for (const [path, words] of [
    ['/', '대문'],
    ['/user/login', '로그인'],
    ['/user/create', '회원가입'],
  ] as const) {
    test(`${path} greets a visitor in Korean, with a trailing slash too`, async ({ assert }) => {
      for (const address of [path, path === '/' ? '/' : `${path}/`]) {
        const page = await new Visitor().get(address)
        assert.equal(page.status, 200)
        assert.include(page.words, words)
        assert.include(page.text, 'lang="ko"')
      }
    })
  }

  test('the language is the one the browser asks for, and Korean for any other', async ({
    assert,
  }) => {
    assert.include(
      (await new Visitor({ language: 'en-GB,en;q=0.9' }).get('/user/login')).text,
      'lang="en"'
    )
    assert.include((await new Visitor({ language: 'fr' }).get('/user/login')).text, 'lang="ko"')
  })

  test('a wrong address or password is said in words', async ({ assert }) => {
    const words = { ko: '이메일이나 비밀번호가 맞지 않습니다', en: 'password is not right' }
    for (const [language, expected] of Object.entries(words)) {
      const visitor = new Visitor({ language })
      const login = await visitor.get('/user/login')
      const fields = { email: 'nobody@example.com', password: 'not the right one' }
      const refused = await visitor.submit(login, '/user/login', fields)
      assert.equal(refused.status, 422)
      assert.include(refused.words, expected)
    }
  })

  test('what is wrong with a field is an alert', async ({ assert }) => {
    const visitor = new Visitor()
    const form = await visitor.get('/user/create')
    const fields = { email: 'nobody', name: '', password: 'short' }
    const refused = await visitor.submit(form, '/user/create', fields)
    assert.equal(refused.status, 422)
    assert.lengthOf(refused.alerts, 3)
    assert.include(refused.alerts[0], '이메일 주소 형식')
  })

  test('an address that does not exist has a page of its own and all headers', async ({
    assert,
  }) => {
    const page = await new Visitor().get('/no/such/page')
    assert.equal(page.status, 404)
    assert.include(page.headers.get('content-security-policy') ?? '', `frame-ancestors 'none'`)
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    assert.include(page.text, 'lang="ko"')
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
