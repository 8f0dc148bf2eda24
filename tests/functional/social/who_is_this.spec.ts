import { test } from '@japa/runner'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import User from '#models/user'
import { now } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { comparable } from '#tests/support/people/sign_up'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'

const MINJUN = 'minjun@example.com'
const PASSWORD = 'a long enough password'

/** Whose address may be shown, and what is told to whoever has proved that it is theirs. */
const KINDS_OF_ACCOUNT: [string, Partial<User>, string | null][] = [
  ['a member', {}, null],
  ['an administrator', { role: 'admin' }, 'account_protected'],
  ['somebody with a second factor', { secondFactorAt: now() }, 'account_protected'],
  ['somebody suspended', { suspendedAt: now() }, 'suspended'],
  ['a suspended administrator', { role: 'admin', suspendedAt: now() }, 'suspended'],
]

test.group('Who is this?', (group) => {
  const world = withProviders(group)

  test('an address that Kakao vouches for joins the account that proved it', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const owner = await makeUser({ email: MINJUN, password: PASSWORD })
    const visitor = new Visitor()

    assert.equal((await signInWith(world.server, visitor, 'kakao')).location, '/')
    assert.lengthOf(await User.all(), 1)
    assert.equal((await Identity.firstOrFail()).userId, owner.id)
    assert.isTrue(await visitor.isSignedIn())
  })

  for (const [person, why] of [
    ['doyun', 'is not verified'],
    ['suhyun', 'was taken over by another account'],
  ]) {
    test(`an address at Kakao that ${why} joins nothing by itself`, async ({ assert }) => {
      await makeProvider(world.server, 'kakao')
      await makeUser({ email: `${person}@example.com`, password: PASSWORD })
      const visitor = new Visitor()
      const answer = await signInWith(world.server, visitor, 'kakao', { person })

      assert.equal(answer.location, '/user/login/prove')
      assert.isFalse(await visitor.isSignedIn())
      assert.lengthOf(await Identity.all(), 0)
    })
  }

  test("Naver's address joins nothing by itself; the account's password proves it", async ({
    assert,
  }) => {
    const { label } = await makeProvider(world.server, 'naver')
    const owner = await makeUser({ email: MINJUN, password: PASSWORD })
    const visitor = new Visitor()
    const answer = await signInWith(world.server, visitor, 'naver', { next: '/article/create' })
    assert.equal(answer.location, '/user/login/prove')
    assert.isFalse(await visitor.isSignedIn())

    const page = await visitor.get('/user/login/prove')
    assert.include(page.words, MINJUN)
    assert.include(page.words, t('pending_identity.from', { provider: label }))

    const wrong = await visitor.submit(page, '/user/login/prove', { password: 'not the password' })
    assert.equal(wrong.status, 422)
    assert.notInclude(wrong.text, 'not the password')
    assert.lengthOf(await Identity.all(), 0)

    const proved = await visitor.submit(wrong, '/user/login/prove', { password: PASSWORD })
    assert.equal(proved.location, '/article/create')
    assert.equal((await Identity.firstOrFail()).userId, owner.id)
    assert.isTrue(await visitor.isSignedIn())

    const later = new Visitor()
    assert.equal((await signInWith(world.server, later, 'naver')).location, '/')
    assert.lengthOf(await User.all(), 1)
    assert.equal((await new Visitor().signIn(MINJUN, PASSWORD)).location, '/')
  })

  test('five wrong passwords use a proof up, however they are sent', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN, password: PASSWORD })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const page = await visitor.get('/user/login/prove')
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        visitor.submit(page, '/user/login/prove', { password: `guess number ${index}` })
      )
    )
    const right = await visitor.submit(page, '/user/login/prove', { password: PASSWORD })
    assert.include(right.location, 'failure=proof_gone')
    assert.lengthOf(await Identity.all(), 0)
  })

  test('a proof waits only in the browser that made the trip, and not for long', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN, password: PASSWORD })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')

    const stranger = new Visitor()
    await stranger.get('/user/login')
    assert.include((await stranger.get('/user/login/prove')).location, 'failure=proof_gone')

    await PendingIdentity.query().update({
      expires_at: now().minus({ seconds: 1 }).toFormat('yyyy-MM-dd HH:mm:ss'),
    })
    assert.include((await visitor.get('/user/login/prove')).location, 'failure=proof_gone')
  })

  test('any other sign-in in that browser makes the proof void', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN, password: PASSWORD })
    await makeUser({ email: 'other@example.com', password: PASSWORD })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    await visitor.signIn('other@example.com', PASSWORD)
    assert.lengthOf(await PendingIdentity.all(), 0)
  })

  test('cancelling a proof leaves nothing behind but where the person was going', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN, password: PASSWORD })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver', { next: '/article' })
    const page = await visitor.get('/user/login/prove')
    const next = page.fieldValue('next')!
    for (const fields of [undefined, { next }]) {
      const cancelled = await visitor.submit(page, '/user/login/prove/cancel', fields)
      assert.equal(cancelled.location, '/user/login?next=%2Farticle')
      assert.lengthOf(await PendingIdentity.all(), 0)
    }
  })

  test('what waits for proof is stored encrypted', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN, password: PASSWORD })
    await signInWith(world.server, new Visitor(), 'naver')
    const row = JSON.stringify((await PendingIdentity.firstOrFail()).$attributes)
    assert.notInclude(row, MINJUN)
    assert.notInclude(row, '김민준')
  })

  for (const emailPolicy of ['provider_says', 'trusted'] as const) {
    test(`an administrator's address is never joined by e-mail (${emailPolicy})`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao', { emailPolicy })
      await makeUser({ email: MINJUN, role: 'admin', password: PASSWORD })
      const visitor = new Visitor()
      const answer = await signInWith(world.server, visitor, 'kakao')
      assert.include(answer.location, 'failure=account_protected')
      assert.isFalse(await visitor.isSignedIn())
      assert.lengthOf(await Identity.all(), 0)
    })
  }

  for (const [driver, person, why] of [
    ['naver', 'minjun', 'of Naver'],
    ['kakao', 'doyun', 'that Kakao has not verified'],
    ['kakao', 'suhyun', 'that another account at Kakao took'],
  ] as const) {
    test(`an address ${why} tells nothing of the account behind it before a proof`, async ({
      assert,
    }) => {
      const email = `${person}@example.com`
      const seen: [string, unknown][] = []
      for (const [kind, fields, told] of KINDS_OF_ACCOUNT) {
        await emptyDatabase()
        world.server.reset()
        await makeProvider(world.server, driver)
        await makeUser({ email, password: PASSWORD, ...fields })
        const visitor = new Visitor()
        const back = await signInWith(world.server, visitor, driver, { person })
        const page = await visitor.get('/user/login/prove')
        const sent = await visitor.submit(page, '/user/login/prove/code')
        const asked = await visitor.get('/user/login/prove')
        const wrong = await visitor.submit(asked, '/user/login/prove', { password: 'a guess' })
        const mails = await OutgoingMail.all()
        assert.isFalse(await visitor.isSignedIn())
        assert.lengthOf(await Identity.all(), 0)
        seen.push([
          kind,
          [
            [back, page, sent, asked, wrong].map(comparable),
            mails.map(({ template, recipientHash, locale }) => [template, recipientHash, locale]),
          ],
        ])

        const proved = await visitor.submit(asked, '/user/login/prove', { password: PASSWORD })
        if (told) assert.include(proved.location, `failure=${told}`, kind)
        else assert.equal(proved.location, '/', kind)
        assert.lengthOf(await Identity.all(), told ? 0 : 1, kind)
      }
      for (const [kind, shown] of seen) assert.deepEqual(shown, seen[0][1], kind)
    })
  }

  test('a suspended person is refused, known or by address, and loses open sessions', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    assert.isTrue(await visitor.isSignedIn())

    await User.query().update({ suspendedAt: '2026-01-01 00:00:00' })
    assert.isFalse(await visitor.isSignedIn())
    const known = await signInWith(world.server, new Visitor(), 'kakao')
    assert.include(known.location, 'failure=suspended')

    await Identity.query().delete()
    const byAddress = await signInWith(world.server, new Visitor(), 'kakao')
    assert.include(byAddress.location, 'failure=suspended')
    assert.lengthOf(await Identity.all(), 0)
  })

  test('while sign-up is closed members come in and others do not', async ({ assert }) => {
    await makeProvider(world.server, 'kakao', { allowSignUp: false })
    const answer = await signInWith(world.server, new Visitor(), 'kakao')
    assert.include(answer.location, 'failure=sign_up_closed')
    assert.lengthOf(await User.all(), 0)

    await makeUser({ email: MINJUN })
    assert.equal((await signInWith(world.server, new Visitor(), 'kakao')).location, '/')
  })

  test('an address that nobody vouches for claims nothing', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    await signInWith(world.server, new Visitor(), 'naver')
    assert.isNull((await User.firstOrFail()).email)
    assert.equal((await Identity.firstOrFail()).email, MINJUN)

    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    assert.lengthOf(await User.all(), 2)
    assert.lengthOf(await User.query().where('email', MINJUN), 1)
  })

  test("a member's proved address is never changed by a provider", async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await User.query().update({ email: 'my-own@example.com' })
    await signInWith(world.server, new Visitor(), 'kakao')
    assert.equal((await User.firstOrFail()).email, 'my-own@example.com')
  })

  test('the same id at Kakao and at Naver is two people', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const naver = await makeProvider(world.server, 'naver')
    for (const provider of [kakao, naver]) {
      const user = await makeUser()
      await Identity.create({
        userId: user.id,
        providerId: provider.id,
        subject: '1',
        scopes: [],
        linkedAt: now(),
      })
    }
    assert.lengthOf(await Identity.query().where('subject', '1'), 2)
  })

  test('people without e-mail or name do not collide', async ({ assert }) => {
    await makeProvider(world.server, 'naver', { requiredFields: [] })
    for (const person of ['minjun', 'seoyeon']) {
      const answer = await signInWith(world.server, new Visitor(), 'naver', { person, agree: [] })
      assert.equal(answer.location, '/')
    }
    assert.lengthOf(await User.query().whereNull('email'), 2)
  })

  test('an identity unlinked at the provider revives with the next sign-in', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await Identity.query().update({ unlinkedAt: '2026-01-01 00:00:00', accessToken: null })
    await signInWith(world.server, new Visitor(), 'kakao')

    const identity = await Identity.firstOrFail()
    assert.isNull(identity.unlinkedAt)
    assert.isNotNull(identity.accessToken)
    assert.lengthOf(await User.all(), 1)
  })
})
