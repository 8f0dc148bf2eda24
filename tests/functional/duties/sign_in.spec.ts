import { test } from '@japa/runner'
import PendingIdentity from '#models/pending_identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { MEMBER, MEMBER_PASSWORD, signedInMember, visitorOf } from '#tests/support/people/member'
import { answer, letCodesBeFresh, setUp } from '#tests/support/people/second_factor'
import {
  aDocument,
  agreedBy,
  allOf,
  askForAge,
  boxesOf,
  change,
  renew,
} from '#tests/support/sites/documents'
import { aRequest, aSite, backToSite, siteClient } from '#tests/support/sites/site'
import { heardDuring } from '#tests/support/statements'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const ASKED = '/user/login/agreements'

test.group('What a member has yet to agree to', (group) => {
  const world = withProviders(group)

  const aMember = () => makeUser({ email: MEMBER, password: MEMBER_PASSWORD })

  test('is asked of an imported member before they are in, and once', async ({ assert }) => {
    await aDocument('terms')
    await aDocument('marketing', { required: false })
    await askForAge()
    const user = await aMember()
    const visitor = await visitorOf(user)
    assert.isFalse(await visitor.isSignedIn())
    assert.equal((await visitor.get('/account')).location, '/user/login?next=%2Faccount')
    const page = await visitor.get(ASKED)
    const { terms } = await boxesOf(page)
    const refused = await visitor.submit(page, ASKED, { 'agree[]': terms })
    assert.equal(refused.complaint('ofAge'), t('duties.problems.age'))
    assert.isEmpty(await UserSession.all())

    const fields = { 'agree[]': terms, 'ofAge': 'true', 'user': 'somebody', 'userId': '1' }
    assert.equal((await visitor.submit(page, ASKED, fields)).location, '/')
    assert.isTrue(await visitor.isSignedIn())
    assert.deepEqual(await agreedBy(user.id), ['terms 1 sign_in'])
    const [attempt] = await SignInAttempt.all()
    assert.equal(attempt.outcome, 'signed_in')

    /* Twice, and by somebody who waits for nothing. */
    const home = await visitor.get('/')
    assert.equal((await visitor.submit(home, ASKED, fields)).location, '/')
    assert.lengthOf(await agreedBy(user.id), 1)
    const stranger = new Visitor()
    const form = await stranger.get('/user/login')
    assert.include((await stranger.submit(form, ASKED, fields)).location, 'agreement_gone')

    assert.isTrue(await (await visitorOf(user)).isSignedIn(), 'not asked again')
  })

  for (const [step, last] of [
    ['a second factor', '/user/login/second_factor'],
    ['an agreement', ASKED],
  ] as const) {
    test(`forgets, where ${step} is the last step, whose account waited in this browser`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      await makeUser({ email: 'seoyeon@example.com' })
      const { user, visitor: owner } = await signedInMember()
      const { app } = await setUp(owner)
      await letCodesBeFresh()
      if (last === ASKED) await aDocument('terms')

      const visitor = await visitorOf(user)
      if (last === ASKED) await answer(visitor, { code: app.code() })
      const trip = await signInWith(world.server, visitor, 'naver', { person: 'seoyeon' })
      assert.equal(trip.location, '/user/login/prove')
      assert.lengthOf(await PendingIdentity.all(), 1)

      const page = await visitor.get(last)
      const fields = last === ASKED ? allOf(page) : { code: app.code() }
      assert.equal((await visitor.submit(page, last, fields)).location, '/')
      assert.isTrue(await visitor.isSignedIn())
      assert.isEmpty(await PendingIdentity.all())
      assert.isEmpty(await WaitingSignIn.all())
    })
  }

  test('is a new version at the next sign-in; who is in stays in, who declines is out', async ({
    assert,
  }) => {
    const terms = await aDocument('terms')
    const user = await aMember()
    const first = await visitorOf(user)
    await first.submit(await first.get(ASKED), ASKED, allOf(await first.get(ASKED)))
    await renew(terms)
    assert.isTrue(await first.isSignedIn())

    const visitor = await visitorOf(user)
    const page = await visitor.get(ASKED)
    const declined = await visitor.submit(page, `${ASKED}/decline`)
    assert.include(
      (await visitor.visit(declined.location)).alerts,
      t('failures.agreement_declined')
    )
    assert.isFalse(await visitor.isSignedIn())
    const last = await SignInAttempt.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(last.failure, 'agreement_declined')
    assert.include((await visitor.submit(page, ASKED, allOf(page))).location, 'agreement_gone')
    assert.deepEqual(await agreedBy(user.id), ['terms 1 sign_in'])
  })

  test('is what it is when they answer: replaced, switched off or made required since', async ({
    assert,
  }) => {
    const terms = await aDocument('terms')
    const user = await aMember()
    const visitor = await visitorOf(user)
    const opened = await visitor.get(ASKED)
    await renew(terms)
    const late = await visitor.submit(opened, ASKED, allOf(opened))
    assert.equal(late.status, 422)
    assert.equal(late.complaint('agree'), t('duties.problems.outdated'))
    await change(terms, { enabled: false })
    await aDocument('privacy')
    assert.equal((await visitor.submit(late, ASKED, allOf(late))).status, 422)
    const page = await visitor.get(ASKED)
    assert.onlyProperties(await boxesOf(page), ['privacy'])
    await visitor.submit(page, ASKED, allOf(page))
    assert.isTrue(await visitor.isSignedIn())

    /* Less is asked by now: nothing to answer. */
    await change(terms, { enabled: true })
    await change(terms, { enabled: false })
    assert.isTrue(await (await visitorOf(user)).isSignedIn())
  })

  test('comes after the second factor, and counts as signed in with it', async ({ assert }) => {
    const { user, visitor: home } = await signedInMember()
    const factor = await setUp(home)
    await letCodesBeFresh()
    await aDocument('terms')
    const visitor = await visitorOf(user)
    assert.include((await visitor.get(ASKED)).location, 'agreement_gone')
    const given = await answer(visitor, { code: factor.app.code() })
    assert.equal(given.location, ASKED)
    assert.isFalse(await visitor.isSignedIn())
    assert.include((await visitor.get('/user/login/second_factor')).location, 'second_factor_gone')
    const page = await visitor.get(ASKED)
    await visitor.submit(page, ASKED, allOf(page))
    assert.isTrue(await visitor.isSignedIn())
    const session = await UserSession.query().orderBy('id', 'desc').firstOrFail()
    assert.isNotNull(session.secondFactorAt)
  })

  test('holds up the request of a site until it is agreed to', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await aDocument('terms')
    const request = await aRequest(await siteClient(await aSite()))
    const visitor = new Visitor()
    const asked = await visitor.get(request.url.href)
    const next = (await visitor.get(asked.location)).fieldValue('next')!
    const back = await signInWith(world.server, visitor, 'kakao', { next })
    assert.equal(back.location, ASKED)
    assert.isFalse(await visitor.isSignedIn())

    const page = await visitor.get(ASKED)
    const agreed = await visitor.submit(page, ASKED, allOf(page))
    assert.equal(agreed.location, next)
    const address = await backToSite(visitor, await visitor.get(agreed.location))
    assert.isString((await request.finish(address)).access_token)
  })

  test('costs a sign-in that owes nothing no statement more', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const again = () =>
      heardDuring(() => signInWith(world.server, new Visitor(), 'kakao').then(() => undefined))
    const before = await again()

    await aDocument('terms')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const page = await visitor.get(ASKED)
    await visitor.submit(page, ASKED, allOf(page))
    assert.deepEqual(await again(), before)
    assert.isNotNull((await User.firstOrFail()).duties)
  })
})
