import { test } from '@japa/runner'
import User from '#models/user'
import { ace } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { Visitor } from '#tests/support/visitor'

const PASSWORD = ' 아주 긴 비밀번호 10 '

test.group('admin:create', (group) => {
  group.each.setup(emptyDatabase)
  group.each.timeout(60_000)

  test('the administrator it makes gets into the admin pages', async ({ assert }) => {
    const { code, output } = await ace(
      ['admin:create', '--email=Boss@Example.ORG', '--name=김관리'],
      `${PASSWORD}\n`
    )
    assert.equal(code, 0, output)
    assert.notInclude(output, PASSWORD.trim())

    const boss = new Visitor()
    await boss.signIn('boss@example.org', PASSWORD)
    assert.equal((await boss.get('/admin/providers')).status, 200)
  })

  test('an address that has an account is refused, but can be promoted', async ({ assert }) => {
    const user = await User.create({ email: 'a@example.org', name: '회원', password: PASSWORD })
    const refused = await ace(['admin:create', '--email=a@example.org', '--name=B'], PASSWORD)
    assert.equal(refused.code, 1)
    assert.include(refused.output, '--promote')

    const promoted = await ace(['admin:create', '--email=A@example.org', '--promote'])
    assert.equal(promoted.code, 0, promoted.output)
    await user.refresh()
    assert.isTrue(user.isAdmin)
    assert.equal(user.name, '회원')
  })

  for (const [what, args, input] of [
    ['a short password', ['--email=a@example.org', '--name=A'], '123456789\n'],
    ['a password that no page takes', ['--email=a@example.org', '--name=A'], 'quiet '.repeat(22)],
    ['no password at all', ['--email=a@example.org', '--name=A'], ''],
    ['what is no address', ['--email=a@b@c', '--name=A'], PASSWORD],
    ['no name', ['--email=a@example.org'], PASSWORD],
    ['to promote who is not there', ['--email=a@example.org', '--promote'], ''],
  ] as const) {
    test(`refuses ${what}`, async ({ assert }) => {
      const { code } = await ace(['admin:create', ...args], input)
      assert.equal(code, 1)
      assert.isNull(await User.first())
    })
  }
})
