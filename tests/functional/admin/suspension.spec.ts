import { test } from '@japa/runner'
import AccountToken from '#models/account_token'
import AuditEntry from '#models/audit_entry'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import User from '#models/user'
import { now } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { onceLetIn } from '#tests/support/meanwhile'
import { mailedLink } from '#tests/support/people/sign_up'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { refusal, t } from '#tests/support/texts'
import {
  makeProvider,
  makeUser,
  signInWith,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Suspending somebody', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
  })

  const pageOf = (user: User) => `/admin/users/${user.publicId}`

  /** Presses the button on the page of a person. */
  const press = async (user: User, action: string, fields: Record<string, string> = {}) => {
    const page = await admin.get(pageOf(user))
    const version = page.fieldValue('version') ?? ''
    return admin.submit(page, `${pageOf(user)}/${action}`, { version, ...fields })
  }

  test('ends their sessions at once, in another process as well', async ({ assert, cleanup }) => {
    const other = await spawnServer(onThisDatabase())
    cleanup(async () => {
      await other.stop()
    })
    const { user, visitor } = await signedInMember()
    const elsewhere = new Visitor({ base: other.url })
    await elsewhere.signIn(MEMBER, MEMBER_PASSWORD)
    assert.isTrue(await elsewhere.isSignedIn())

    const answer = await press(user, 'suspension', { note: '광고 글' })
    assert.equal(answer.location, pageOf(user))
    assert.isFalse(await elsewhere.isSignedIn())
    assert.isFalse(await visitor.isSignedIn())
  }).timeout(60_000)

  test('refuses every way in, and says why only to who proved it', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const { user } = await signedInMember()
    await signInWith(world.server, new Visitor(), 'kakao')
    await press(user, 'suspension')

    const byPassword = await new Visitor().signIn(MEMBER, MEMBER_PASSWORD)
    assert.include(byPassword.words, t('session.refused.suspended'))
    const wrong = await new Visitor().signIn(MEMBER, 'not the password at all')
    assert.include(wrong.words, t('session.refused.credentials'))
    assert.notInclude(wrong.words, t('session.refused.suspended'))

    const byProvider = await signInWith(world.server, new Visitor(), 'kakao')
    assert.equal(
      new URL(byProvider.location, byProvider.url).searchParams.get('failure'),
      'suspended'
    )

    const visitor = new Visitor()
    const mailsBefore = (await OutgoingMail.all()).length
    await visitor.submit(await visitor.get('/user/password/forgot'), '/user/password/forgot', {
      email: MEMBER,
    })
    assert.lengthOf(await OutgoingMail.all(), mailsBefore)
  })

  test('voids what is under way: a mailed link, a trip, a proof that waits', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const { user } = await signedInMember()

    const forgetful = new Visitor()
    await forgetful.submit(await forgetful.get('/user/password/forgot'), '/user/password/forgot', {
      email: MEMBER,
    })
    const link = await mailedLink(MEMBER)
    const proving = new Visitor()
    const held = await signInWith(world.server, proving, 'naver')
    assert.equal(held.location, '/user/login/prove')
    assert.lengthOf(await PendingIdentity.all(), 1)
    const proofPage = await proving.get('/user/login/prove')

    await press(user, 'suspension')
    assert.isEmpty(await PendingIdentity.all())
    assert.isEmpty(await AccountToken.all())
    const proof = await proving.submit(proofPage, '/user/login/prove', {
      password: MEMBER_PASSWORD,
    })
    assert.notEqual(proof.status, 200)
    assert.isFalse(await proving.isSignedIn())
    assert.equal((await new Visitor().get(link)).status, 410)
  })

  test('catches a trip that set out before', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const user = await User.findByOrFail('role', 'member')
    const traveller = new Visitor()
    const callback = await startAndConsent(world.server, traveller, 'kakao')
    await press(user, 'suspension')

    const answer = await traveller.get(callback)
    assert.equal(new URL(answer.location, answer.url).searchParams.get('failure'), 'suspended')
    assert.isFalse(await traveller.isSignedIn())
  })

  test('a link to a further provider, begun before, is not made after', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const { user, visitor } = await signedInMember()
    const page = await visitor.get('/account/sign_in_methods')
    const started = await visitor.submit(page, '/user/login/social/kakao', { intent: 'link' })
    const callback = await world.server.consent(started.location)
    await press(user, 'suspension')
    await visitor.get(callback)
    assert.isEmpty(await user.related('identities').query())
  })

  test('is undone by restoring, which brings no old session back', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await press(user, 'suspension', { note: '오해였을까' })
    const suspended = await admin.get(pageOf(user))
    assert.include(suspended.words, '오해였을까')
    assert.include(suspended.statuses, t('users.is_suspended'))

    const answer = await press(user, 'suspension/end')
    assert.equal(answer.status, 303)
    assert.notInclude((await admin.get(pageOf(user))).words, t('users.is_suspended'))
    assert.isFalse(await visitor.isSignedIn())
    const back = new Visitor()
    await back.signIn(MEMBER, MEMBER_PASSWORD)
    assert.isTrue(await back.isSignedIn())

    await user.refresh()
    assert.isNull(user.suspensionNote)
    const entries = await AuditEntry.query().preload('actor').orderBy('id')
    assert.deepEqual(
      entries.map(({ action, changes }) => [action, changes]),
      [
        ['user.suspended', { suspensionNote: { before: null, after: '오해였을까' } }],
        ['user.restored', { suspensionNote: { before: '오해였을까', after: null } }],
      ]
    )
    assert.isTrue(entries.every(({ actor, ip, via }) => actor.isAdmin && ip && via === 'page'))
  })

  test('nobody suspends themselves, or the last who can administer', async ({ assert }) => {
    const me = await User.findByOrFail('role', 'admin')
    const own = await admin.get(pageOf(me))
    assert.notInclude(own.actions, `${pageOf(me)}/suspension`)
    await admin.submit(own, `${pageOf(me)}/suspension`, { version: me.version })
    assert.include(
      (await admin.get(pageOf(me))).alerts.join(),
      t('users.problems.suspend_yourself')
    )
    await me.refresh()
    assert.isFalse(me.isSuspended)
    assert.isEmpty(await AuditEntry.all())

    /* A suspended administrator does not count as one who is left. */
    const other = await makeUser({ role: 'admin', suspendedAt: now() })
    const answer = await admin.submit(
      await admin.get(pageOf(me)),
      `${pageOf(me)}/administrator/end`,
      {
        version: me.version,
      }
    )
    assert.equal(answer.location, pageOf(me))
    const told = await admin.get(pageOf(me))
    assert.include(told.alerts.join(), t('users.problems.role_last_administrator'))
    await me.refresh()
    assert.isTrue(me.isAdmin)
    assert.isTrue(other.isAdmin)
  })

  test('of two administrators the second is told what the first has done', async ({ assert }) => {
    const { user } = await signedInMember()
    const page = await admin.get(pageOf(user))
    const colleague = await signedInAs('admin')
    await colleague.press(pageOf(user), `${pageOf(user)}/suspension`, {
      version: user.version,
      note: '먼저 정지함',
    })

    for (const action of ['suspension', 'administrator']) {
      const late = await admin.submit(page, `${pageOf(user)}/${action}`, { version: user.version })
      assert.equal(late.status, 409)
      assert.include(late.alerts.join(), t('users.problems.stale'))
      assert.include(late.words, '먼저 정지함')
      assert.include(late.words, t('users.suspension.end'))
    }
    const missing = await admin.submit(page, `${pageOf(user)}/suspension/end`)
    assert.equal(missing.status, 409)
    await user.refresh()
    assert.equal(user.role, 'member')
    assert.isTrue(user.isSuspended)
    assert.lengthOf(await AuditEntry.all(), 1)
  })

  test('a reason that is too long is shown again with the complaint', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const answer = await press(user, 'suspension', { note: '가'.repeat(201) })
    assert.equal(answer.status, 422)
    assert.equal(answer.complaint('note'), refusal('maxLength', { max: 200 }))
    assert.equal(answer.fieldValue('note'), '가'.repeat(201))
    assert.isTrue(await visitor.isSignedIn())
  })

  test('to a member none of it exists, and without its token no form does anything', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    const victim = await makeUser({ name: '남' })
    const own = await visitor.get('/account')
    for (const action of [
      'suspension',
      'suspension/end',
      'administrator',
      'administrator/end',
      'devices/sign_out',
    ]) {
      const answer = await visitor.submit(own, `${pageOf(victim)}/${action}`, {
        version: victim.version,
      })
      assert.equal(answer.status, 404, action)
      await admin.post(`${pageOf(victim)}/${action}`, { version: victim.version })
    }
    for (const path of ['/admin/users', pageOf(victim), '/admin/sign_ins', '/admin/audit']) {
      assert.equal((await visitor.get(path)).status, 404, path)
    }
    await victim.refresh()
    assert.equal(victim.version, 'member:active')
    assert.equal(user.role, 'member')
  })
})

test.group('Who stops being an administrator while a press is under way', (group) => {
  withProviders(group)

  const ENDINGS: Record<string, Partial<User>> = {
    'made a member': { role: 'member' },
    'suspended': { suspendedAt: now() },
  }
  for (const [what, fields] of Object.entries(ENDINGS)) {
    for (const [action, before] of [
      ['suspension', {}],
      ['suspension/end', { suspendedAt: now() }],
      ['administrator', {}],
      ['administrator/end', { role: 'admin' }],
    ] as [string, Partial<User>][]) {
      test(`${action}: changes nothing any more, once ${what}`, async ({ assert }) => {
        const admin = await signedInAs('admin')
        const me = await User.findByOrFail('role', 'admin')
        await makeUser({ role: 'admin' })
        const target = await makeUser(before)
        await target.refresh()
        const { version } = target
        const page = await admin.get('/admin/users')

        /* Before whatever ends the sessions of this person has come to that. */
        onceLetIn(() => me.merge(fields).save())
        const answer = await admin.submit(page, `/admin/users/${target.publicId}/${action}`, {
          version,
        })
        assert.isBelow(answer.status, 500)
        await target.refresh()
        assert.equal(target.version, version)
        assert.isEmpty(await AuditEntry.all())
      })
    }
  }
})

test.group('Making administrators', (group) => {
  withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
  })

  const change = async (who: Administrator, user: User, action: string) => {
    const page = await who.get('/admin/users')
    await user.refresh()
    const version = user.version
    return who.submit(page, `/admin/users/${user.publicId}/${action}`, { version })
  }

  test('the person signs in anew, and then the pages are there; and back', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await change(admin, user, 'administrator')
    assert.isFalse(await visitor.isSignedIn())
    const again = new Visitor()
    await again.signIn(MEMBER, MEMBER_PASSWORD)
    assert.equal((await again.get('/admin/users')).status, 200)

    await change(admin, user, 'administrator/end')
    assert.isFalse(await again.isSignedIn())
    await again.signIn(MEMBER, MEMBER_PASSWORD)
    assert.equal((await again.get('/admin/users')).status, 404)
    assert.deepEqual(
      (await AuditEntry.query().orderBy('id')).map(({ action }) => action),
      ['administrator.promoted', 'administrator.demoted']
    )
  })

  test('nobody suspended is made one', async ({ assert }) => {
    const user = await makeUser({ suspendedAt: now() })
    await change(admin, user, 'administrator')
    await user.refresh()
    assert.equal(user.role, 'member')
    assert.include(
      (await admin.get(`/admin/users/${user.publicId}`)).alerts.join(),
      t('users.problems.role_suspended')
    )
  })

  test('who gives it up is signed out here too; the last one cannot', async ({ assert }) => {
    const me = await User.findByOrFail('role', 'admin')
    const colleague = await signedInAs('admin')
    const answer = await change(admin, me, 'administrator/end')
    assert.equal(answer.location, '/user/login')
    assert.include((await admin.get('/user/login')).words, t('users.notices.demoted_yourself'))
    assert.isFalse(await admin.isSignedIn())

    const last = await User.findByOrFail('role', 'admin')
    await change(colleague, last, 'administrator/end')
    await last.refresh()
    assert.isTrue(last.isAdmin)
    assert.isTrue(await colleague.isSignedIn())
  })

  for (const [what, action] of [
    ['demote', 'administrator/end'],
    ['suspend', 'suspension'],
  ]) {
    test(`of two who ${what} each other at once, one stays`, async ({ assert }) => {
      await User.query().delete()
      for (let round = 0; round < 6; round++) {
        const [a, b] = [await signedInAs('admin'), await signedInAs('admin')]
        const [userA, userB] = await User.query().where('role', 'admin').orderBy('id')
        const pages = [await a.get('/admin/users'), await b.get('/admin/users')]
        const press = (who: Administrator, page: (typeof pages)[0], target: User) =>
          who.submit(page, `/admin/users/${target.publicId}/${action}`, { version: target.version })
        const answers = await Promise.all([press(a, pages[0], userB), press(b, pages[1], userA)])

        const left = await User.query().where('role', 'admin').whereNull('suspendedAt')
        assert.lengthOf(left, 1)
        assert.isTrue(answers.every(({ status }) => [303, 404].includes(status)))
        assert.lengthOf(await AuditEntry.all(), round + 1)
        await User.query().where('role', 'admin').delete()
      }
    })
  }

  test('who was demoted a moment ago demotes nobody any more', async ({ assert }) => {
    const [a, b] = [admin, await signedInAs('admin')]
    const third = await makeUser({ role: 'admin' })
    const [userA, userB] = await User.query().where('role', 'admin').orderBy('id')
    for (let round = 0; round < 4; round++) {
      const pages = [await a.get('/admin/users'), await b.get('/admin/users')]
      if (pages.some(({ status }) => status !== 200)) break
      await Promise.all([
        a.submit(pages[0], `/admin/users/${userB.publicId}/administrator/end`, {
          version: userB.version,
        }),
        b.submit(pages[1], `/admin/users/${userA.publicId}/administrator/end`, {
          version: userA.version,
        }),
      ])
    }
    await third.refresh()
    const left = await User.query().where('role', 'admin')
    assert.lengthOf(left, 2)
    assert.isTrue(third.isAdmin)
  })
})
