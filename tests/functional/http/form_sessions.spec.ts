import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Form sessions in the database', (group) => {
  let site: Awaited<ReturnType<typeof spawnServer>>

  group.each.timeout(60_000)
  group.setup(async () => {
    const settings = onThisDatabase({ SESSION_DRIVER: 'database', RATE_LIMIT_SCALE: '100' })
    site = await spawnServer(settings, { patienceMs: 60_000 })
    return async () => void (await site.stop())
  })
  group.each.setup(() => emptyDatabase())

  const rows = async () => (await db.from('sessions')).length

  test('strangers make no row, whatever they open and send', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    for (const page of ['/', '/user/login', '/user/create', '/article', '/user/password/forgot']) {
      for (let times = 0; times < 3; times++) {
        assert.equal((await new Visitor({ base: site.url }).get(page)).status, 200)
      }
    }
    const guesser = new Visitor({ base: site.url })
    const refused = await guesser.signIn(MEMBER, 'not the password of it')
    assert.equal(refused.status, 422)
    const forged = new Visitor({ base: site.url })
    forged.cookies.set(`daemun-session-${new URL(site.url).port}`, 'x'.repeat(43))
    assert.equal((await forged.signIn(MEMBER, 'nor is this')).status, 422)
    assert.equal(await rows(), 0)
  })

  test("a member's is a row from the sign-in to the sign-out, and forms work all along", async ({
    assert,
  }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const member = new Visitor({ base: site.url })
    await member.signIn(MEMBER, MEMBER_PASSWORD)
    assert.isTrue(await member.isSignedIn())
    assert.equal(await rows(), 1)
    const formData = [...member.cookies.keys()].filter((name) => name.includes('form-data'))
    assert.isEmpty(formData)

    const page = await member.get('/account/name')
    const saved = await member.submit(page, '/account/name', { name: '한결' })
    assert.equal(saved.status, 303)
    /* What is told on the next page was kept in between. */
    assert.include((await member.get(saved.location)).words, t('account.name.changed'))

    const left = await member.submit(await member.get('/'), '/user/logout')
    assert.equal(left.status, 303)
    assert.isFalse(await member.isSignedIn())
    assert.equal(await rows(), 0)
    assert.equal((await member.signIn(MEMBER, MEMBER_PASSWORD)).status, 303)
  })
})
