import { test } from '@japa/runner'
import i18nManager from '@adonisjs/i18n/services/main'
import User from '#models/user'
import { ace, aceHere } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { Visitor } from '#tests/support/visitor'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const PASSWORD = ' 아주 긴 비밀번호 10 '
const LONGEST = 'quiet owl at the old barn ever since'.repeat(4).slice(0, 128)

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

  test('the longest password it takes is one that the sign-in page takes', async ({ assert }) => {
    const { code, output } = await aceHere(
      ['admin:create', '--email=a@example.org', '--name=A'],
      LONGEST
    )
    assert.equal(code, 0, output)
    assert.equal((await new Visitor().signIn('a@example.org', LONGEST)).status, 303)
  })

  test('an address that has an account is refused, but can be promoted', async ({ assert }) => {
    const user = await User.create({ email: 'a@example.org', name: '회원', password: PASSWORD })
    const refused = await aceHere(['admin:create', '--email=a@example.org', '--name=B'], PASSWORD)
    assert.equal(refused.code, 1)
    assert.include(refused.output, '--promote')

    const promoted = await aceHere(['admin:create', '--email=A@example.org', '--promote'])
    assert.equal(promoted.code, 0, promoted.output)
    await user.refresh()
    assert.isTrue(user.isAdmin)
    assert.equal(user.name, '회원')
  })

  test('a password piped by a terminal that takes Hangul apart opens the sign-in page', async ({
    assert,
  }) => {
    const { code, output } = await aceHere(
      ['admin:create', '--email=a@example.org', '--name=A'],
      PASSWORD.normalize('NFD')
    )
    assert.equal(code, 0, output)
    assert.equal((await new Visitor().signIn('a@example.org', PASSWORD)).status, 303)
  })

  test('says in English which field the sign-up page would refuse, and why', async ({ assert }) => {
    const { code, output } = await aceHere(
      ['admin:create', '--email=a@example.org', '--name=https://a.example'],
      '1234567890'
    )
    assert.equal(code, 1)
    const say = (key: string) => i18nManager.locale('en').t(`validator.shared.messages.${key}`)
    assert.include(output, `name: ${say('name.link')}`)
    assert.include(output, `password: ${say('password.guessable')}`)
    assert.isNull(await User.first())
  })

  const someone = ['--email=a@example.org', '--name=A']
  for (const [what, args, input] of [
    ['a short password', someone, 'quiet owl'],
    ['a password that everybody tries first', someone, '1234567890'],
    ['a password made of the name', ['--email=a@example.org', '--name=Montgomery'], 'montgomery'],
    ['a password one character longer than the sign-in page takes', someone, LONGEST + '!'],
    ['a password that is no UTF-8', someone, Buffer.from(`quiet owl at ${'\u00fc'}`, 'latin1')],
    ['no password at all', someone, ''],
    ['what is no address', ['--email=a@b@c', '--name=A'], PASSWORD],
    ['no name', ['--email=a@example.org'], PASSWORD],
    ['to promote who is not there', ['--email=a@example.org', '--promote'], ''],
  ] as const) {
    test(`refuses ${what}`, async ({ assert }) => {
      const { code } = await aceHere(['admin:create', ...args], input)
      assert.equal(code, 1)
      assert.isNull(await User.first())
    }).skip(isRunElsewhere('mysql'), ELSEWHERE)
  }
})
