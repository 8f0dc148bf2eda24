import { test } from '@japa/runner'
import AccountToken from '#models/account_token'
import Article from '#models/article'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import { WithdrawUser } from '#actions/account/withdraw_user'
import { now } from '#time/clock'
import { WithdrawDue } from '#jobs/withdraw_due'
import {
  letProofsAge,
  linkTo,
  MEMBER,
  signedInMember,
  visitorOf,
} from '#tests/support/people/member'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, PATHS, signInWith, withProviders } from '#tests/support/trip'
import { faults } from '#tests/support/servers/provider_server'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/account/withdrawal'

test.group('Account: withdrawal', (group) => {
  const world = withProviders(group)

  test('everything goes but the articles, which lose their author', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const { user, visitor } = await signedInMember()
    const other = await visitorOf(user)
    await linkTo(user, kakao)
    await Article.create({ userId: user.id, title: '남는 글', body: '내용' })
    await visitor.submit(await visitor.get('/account/email'), '/account/email', {
      email: 'new@example.com',
    })

    const page = await visitor.get(PAGE)
    assert.include(page.words, t('account.withdrawal.articles'))
    const answer = await visitor.submit(page, PAGE, { understood: 'true' })
    assert.equal(answer.location, '/')
    assert.include((await visitor.get('/')).words, t('account.withdrawal.done'))

    for (const Model of [User, Identity, UserSession, AccountToken]) {
      assert.lengthOf(await Model.query(), 0, Model.name)
    }
    assert.isNull((await Article.firstOrFail()).userId)
    assert.isFalse(await visitor.isSignedIn())
    assert.isFalse(await other.isSignedIn())
    for (const attempt of await SignInAttempt.all()) {
      assert.isNull(attempt.userId)
      assert.isNull(attempt.ip)
      assert.isNull(attempt.userAgent)
    }
    assert.equal((await lastMailTo(MEMBER)).template, 'withdrawn')
    assert.equal((await visitor.get('/article')).status, 200)
  })

  test('it wants the box ticked and a recent sign-in', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get(PAGE)
    const unticked = await visitor.submit(page, PAGE)
    assert.equal(unticked.status, 422)
    assert.include(unticked.words, t('account.withdrawal.must_understand'))

    await letProofsAge()
    const stale = await visitor.submit(page, PAGE, { understood: 'true' })
    assert.equal(stale.location, '/account/reauthenticate?next=%2Faccount%2Fwithdrawal&unchanged=1')
    assert.isFalse((await visitor.get(PAGE)).has('[name=understood]'))
    assert.lengthOf(await User.all(), 1)
  })

  test('a provider that is down holds nobody, and is not even asked', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const calls = world.server.calls.length
    world.server.spoil(PATHS.naver.token, faults.hang, 100)
    world.server.spoil(PATHS.naver.profile, faults.hang, 100)

    const startedAt = Date.now()
    await visitor.submit(await visitor.get(PAGE), PAGE, { understood: 'true' })
    assert.isBelow(Date.now() - startedAt, 2_000)
    assert.lengthOf(await User.all(), 0)
    assert.lengthOf(world.server.calls.slice(calls), 0)
  })

  test('who has no way here schedules it; a sign-in of any kind calls it off', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    await letProofsAge()
    const page = await visitor.get(PAGE)
    assert.include(page.actions, '/account/withdrawal/schedule')
    await visitor.submit(page, '/account/withdrawal/schedule')
    const at = (await User.firstOrFail()).withdrawAt!
    assert.closeTo(at.diff(now(), 'hours').hours, 24, 0.1)
    assert.equal((await lastMailTo(MEMBER)).template, 'withdrawal_scheduled')
    assert.include((await visitor.get('/account')).words, t('account.withdrawal.waits'))
    assert.equal((await new WithdrawDue().handle()).withdrawn, 0)

    await visitor.submit(await visitor.get(PAGE), '/account/withdrawal/schedule')
    assert.equal(+(await User.firstOrFail()).withdrawAt!, +at)

    const elsewhere = new Visitor()
    await signInWith(world.server, elsewhere, 'naver')
    assert.isNull((await User.firstOrFail()).withdrawAt)
    assert.include((await elsewhere.get('/')).words, t('account.withdrawal.cancelled_by_sign_in'))
  })

  test('it is carried out when the time has come, by any number of processes', async ({
    assert,
  }) => {
    const due = { withdrawAt: now().minus({ seconds: 1 }) }
    await makeUser({ ...due, email: 'a@example.com' })
    await makeUser(due)
    await makeUser({ withdrawAt: now().plus({ minutes: 1 }) })
    const counts = await Promise.all([
      new WithdrawDue().handle(),
      new WithdrawDue().handle(),
      new WithdrawDue().handle(),
    ])
    assert.equal(
      counts.reduce((sum, { withdrawn }) => sum + withdrawn, 0),
      2
    )
    assert.lengthOf(await User.all(), 1)
    assert.lengthOf(await queuedMails(), 1)
  })

  test('a sign-in a moment before wins', async ({ assert }) => {
    const user = await makeUser({ withdrawAt: now().minus({ seconds: 1 }) })
    const seen = await User.findOrFail(user.id)
    await user.cancelWithdrawal()
    assert.equal(await new WithdrawUser().handle(seen, { ifDue: true }), 'called_off')
    assert.lengthOf(await User.all(), 1)
  })

  test('cancelling keeps the account', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    await visitor.submit(await visitor.get(PAGE), '/account/withdrawal/schedule')
    const page = await visitor.get('/account')
    assert.equal((await visitor.submit(page, '/account/withdrawal/cancel')).location, '/account')
    assert.isNull((await User.firstOrFail()).withdrawAt)
  })

  test('who can prove here who they are does not schedule past that', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await letProofsAge()
    const page = await visitor.get(PAGE)
    assert.notInclude(page.actions, '/account/withdrawal/schedule')
    await visitor.submit(page, '/account/withdrawal/schedule')
    assert.isNull((await User.firstOrFail()).withdrawAt)
    assert.isNotEmpty((await visitor.get(PAGE)).alerts)
  })

  test('the last administrator stays; of the last two who leave at once, one', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember({ role: 'admin' })
    await makeUser({ role: 'admin', suspendedAt: now() })
    const page = await visitor.get(PAGE)
    await visitor.submit(page, PAGE, { understood: 'true' })
    const { alerts } = await visitor.get(PAGE)
    assert.include(alerts, t('account.withdrawal.last_administrator'))
    assert.isNotNull(await User.find(user.id))

    const { visitor: second } = await signedInMember({ role: 'admin', email: 'b@example.com' })
    const secondPage = await second.get(PAGE)
    await Promise.all([
      visitor.submit(page, PAGE, { understood: 'true' }),
      second.submit(secondPage, PAGE, { understood: 'true' }),
    ])
    assert.lengthOf(await User.query().where('role', 'admin').whereNull('suspendedAt'), 1)
  })

  test('who comes back afterwards is a new person', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const before = await User.firstOrFail()
    await visitor.submit(await visitor.get(PAGE), PAGE, { understood: 'true' })
    await signInWith(world.server, visitor, 'kakao')
    assert.notEqual((await User.firstOrFail()).publicId, before.publicId)
  })
})
