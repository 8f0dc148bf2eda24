import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import RecoveryCode from '#models/recovery_code'
import SecondFactor from '#models/second_factor'
import SiteSetting from '#models/site_setting'
import User from '#models/user'
import db from '@adonisjs/lucid/services/db'
import { ace, aceHere } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { lastMailTo } from '#tests/support/mails'
import { MEMBER, MEMBER_PASSWORD, signedInMember, visitorOf } from '#tests/support/people/member'
import { ASKED, setUp } from '#tests/support/people/second_factor'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

test.group('second_factor:reset', (group) => {
  group.each.setup(emptyDatabase)
  group.each.timeout(60_000)

  test('lets the last administrator in who has lost phone and paper', async ({ assert }) => {
    const { user, visitor } = await signedInMember({ role: 'admin' })
    const { app } = await setUp(visitor)
    await db.transaction((trx) => SiteSetting.write('requireSecondFactor', true, trx))
    const waiting = await visitorOf(user)
    const asked = await waiting.get(ASKED)
    assert.equal(asked.status, 200)

    const { code, output } = await ace(['second_factor:reset', '--email=MinJun@Example.com'])
    assert.equal(code, 0, output)
    await user.refresh()
    assert.isFalse(user.hasSecondFactor)
    assert.isEmpty(await SecondFactor.all())
    assert.isEmpty(await RecoveryCode.all())
    assert.isFalse(await visitor.isSignedIn())
    const late = await waiting.submit(asked, ASKED, { code: app.code(1) })
    assert.include(late.location, 'failure=second_factor_gone')
    assert.equal((await lastMailTo(MEMBER)).template, 'second_factor_off')

    const entry = await AuditEntry.findByOrFail('action', 'second_factor.reset')
    assert.equal(entry.via, 'command')
    assert.equal(entry.subjectId, user.publicId)

    await visitor.signIn(MEMBER, MEMBER_PASSWORD)
    assert.equal((await visitor.get('/admin')).location, '/account/second_factor')
    await setUp(visitor)
    assert.equal((await visitor.get('/admin/providers')).status, 200)
  })

  test('finds an account without an address by its id', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await setUp(visitor)
    await User.query().where('id', user.id).update({ email: null })
    const { code, output } = await aceHere(['second_factor:reset', `--id=${user.publicId}`])
    assert.equal(code, 0, output)
    await user.refresh()
    assert.isFalse(user.hasSecondFactor)
  })

  for (const [what, args] of [
    ['nobody', []],
    ['two at once', ['--email=a@example.com', '--id=x']],
    ['who is not there', ['--email=nobody@example.com']],
    ['what is no address', ['--email=nobody']],
    ['who has none', [`--email=${MEMBER}`]],
  ] as const) {
    test(`refuses ${what}`, async ({ assert }) => {
      const { visitor } = await signedInMember()
      const { code } = await aceHere(['second_factor:reset', ...args])
      assert.equal(code, 1)
      assert.isTrue(await visitor.isSignedIn())
      assert.isEmpty(await AuditEntry.query().where('action', 'second_factor.reset'))
    }).skip(isRunElsewhere('mysql'), ELSEWHERE)
  }
})
