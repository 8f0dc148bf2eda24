import { test } from '@japa/runner'
import Article from '#models/article'
import User from '#models/user'
import { DRIVERS } from '#protocol/drivers'
import { ace } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { freePort, onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'
import { Visitor } from '#tests/support/visitor'

async function development(): Promise<Record<string, string>> {
  const PORT = String(await freePort())
  const address = { HOST: '127.0.0.1', PORT, APP_URL: `http://localhost:${PORT}` }
  return { ...address, NODE_ENV: 'development', SESSION_DRIVER: 'cookie', SANDBOX: 'true' }
}

test.group('db:seed', (group) => {
  group.each.setup(emptyDatabase)
  group.each.teardown(emptyDatabase)
  group.each.skip(isRunElsewhere('mysql'), ELSEWHERE)
  group.each.timeout(120_000)

  test('fills a site whose administrator has something to look at on every page', async ({
    assert,
    cleanup,
  }) => {
    const settings = await development()
    const { code, output } = await ace(['db:seed'], '', settings)
    assert.equal(code, 0, output)
    const [, email, password] = /as (\S+) or \S+ with the password (\S+)/.exec(output)!

    const server = await spawnServer(onThisDatabase(settings), { patienceMs: 100_000 })
    cleanup(async () => {
      await server.stop()
    })
    assert.isTrue(server.live, server.printed.stdout + server.printed.stderr)
    const administrator = new Visitor({ language: 'en', base: server.url })
    await administrator.signIn(email, password)

    const labels = ['kakao', 'naver'].map((driver) => DRIVERS[driver].defaults.label)
    const suspended = await User.query().whereNotNull('suspendedAt').firstOrFail()
    for (const [path, ...shown] of [
      ['/admin/providers', ...labels],
      ['/admin/users', suspended.name, '@example.net'],
      [`/admin/users/${suspended.publicId}`, '광고 글을 반복해서 올림'],
      ['/admin/sign_ins', ...labels, '203.0.113.'],
      ['/admin/audit', 'shop', suspended.name, '198.51.100.7'],
    ]) {
      const page = await administrator.get(path)
      assert.equal(page.status, 200, path)
      for (const words of shown) assert.include(page.words, words, path)
    }
    assert.isAbove(await countOf(Article), 20)

    const member = new Visitor({ base: server.url })
    await member.signIn('member@example.net', password)
    assert.isTrue(await member.isSignedIn())
    assert.include((await member.get('/account/history')).text, '203.0.113.')
  })

  test('leaves a site with people in it alone', async ({ assert }) => {
    await User.create({ name: '김민준', email: 'minjun@example.org', password: null })
    const { code, output } = await ace(['db:seed'], '', await development())
    assert.equal(code, 1)
    assert.include(output, 'People are here already')
    assert.equal(await countOf(User), 1)
  })

  test('makes nothing in production, and nothing without the sandbox', async ({ assert }) => {
    const settings = await development()
    await ace(['db:seed'], '', { ...settings, NODE_ENV: 'production', SANDBOX: 'false' })
    assert.equal(await countOf(User), 0)

    const { code, output } = await ace(['db:seed'], '', { ...settings, SANDBOX: 'false' })
    assert.equal(code, 1)
    assert.include(output, 'SANDBOX=true')
    assert.equal(await countOf(User), 0)
  })
})

async function countOf(model: typeof User | typeof Article) {
  return (await model.all()).length
}
