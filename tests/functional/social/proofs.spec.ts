import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { makeProvider, makeUser, signInWith, start, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const MINJUN = 'minjun@example.com'
const MEMBER_TWO = 'member.two@example.com'
const PASSWORD = 'seven quiet herons at dawn'

const naver = () => Provider.query().where('key', 'naver')

/** In a browser where somebody else is signed in, as from a tab that was left open. */
async function signInAs(visitor: Visitor, email: string) {
  await visitor.submit(await visitor.get('/'), '/user/login', { email, password: PASSWORD })
}

test.group('Proving by a code in a mail', (group) => {
  const world = withProviders(group)

  /** Naver shows the address of an account that has no password. */
  async function waitForProof(visitor: Visitor) {
    await makeProvider(world.server, 'naver')
    const owner = await makeUser({ email: MINJUN })
    await signInWith(world.server, visitor, 'naver', { next: '/article' })
    return owner
  }

  async function askForCode(visitor: Visitor) {
    const page = await visitor.get('/user/login/prove')
    const answer = await visitor.submit(page, '/user/login/prove/code')
    const mail = await lastMailTo(MINJUN)
    return { page: await visitor.get('/user/login/prove'), answer, mail }
  }

  test('the code typed into the waiting page joins and signs in', async ({ assert }) => {
    const visitor = new Visitor()
    const owner = await waitForProof(visitor)
    const { page, mail } = await askForCode(visitor)
    assert.equal(mail!.template, 'proof_code')
    const { code } = mail!.data as { code: string }
    assert.match(code, /^\d{6}$/)

    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
    const done = await visitor.submit(page, '/user/login/prove', { code: spaced })
    assert.equal(done.location, '/article')
    assert.equal((await Identity.firstOrFail()).userId, owner.id)
    assert.equal((await lastMailTo(MINJUN))!.template, 'identity_linked')
    assert.equal((await SignInAttempt.firstOrFail()).outcome, 'signed_in')
  })

  test('nothing waits here for whoever signs in next, new or known', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await waitForProof(new Visitor())
    for (const who of ['new', 'known']) {
      const visitor = new Visitor()
      const page = '/user/login/prove'
      await signInWith(world.server, visitor, 'naver')
      assert.equal((await visitor.get(page)).status, 200)
      await signInWith(world.server, visitor, 'kakao', { person: 'seoyeon' })
      assert.equal((await visitor.get(page)).status, 303, who)
    }
  })

  for (const [what, change, failure] of [
    ['its provider was switched off', () => naver().update({ enabled: false }), 'provider_off'],
    ['its provider was hidden', () => naver().update({ hidden: true }), 'newcomers_refused'],
    [
      'the account was suspended',
      () => User.query().update({ suspendedAt: sqlTime(now()) }),
      'suspended',
    ],
    [
      'the account became an administrator',
      () => User.query().update({ role: 'admin' }),
      'account_protected',
    ],
    [
      'the account got a second factor',
      () => User.query().update({ secondFactorAt: sqlTime(now()) }),
      'account_protected',
    ],
  ] as const) {
    test(`a right code joins nothing once ${what}, and says so`, async ({ assert }) => {
      const visitor = new Visitor()
      await waitForProof(visitor)
      const { page, mail } = await askForCode(visitor)
      await change()
      const { code } = mail!.data as { code: string }
      const refused = await visitor.submit(page, '/user/login/prove', { code })
      assert.include(refused.location, `failure=${failure}`)
      assert.isEmpty(await Identity.all())
      assert.isFalse(await visitor.isSignedIn())
      /* Used up: what was refused is not tried again when things have changed once more. */
      await naver().update({ enabled: true, hidden: false })
      await User.query().update({ suspendedAt: null, role: 'member', secondFactorAt: null })
      await visitor.submit(page, '/user/login/prove', { code })
      assert.isEmpty(await Identity.all())
    })
  }

  test('a second press finds the person signed in and goes where the first one went', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    await waitForProof(visitor)
    const { page, mail } = await askForCode(visitor)
    const { code } = mail!.data as { code: string }
    await visitor.submit(page, '/user/login/prove', { code })
    for (const path of ['/user/login/prove', '/user/login/prove/code']) {
      const again = await visitor.submit(page, path, { code, next: page.fieldValue('next')! })
      assert.equal((await visitor.get(again.location)).location, '/article')
    }
  })

  test('the mail holds no link that acts', async ({ assert }) => {
    const visitor = new Visitor()
    await waitForProof(visitor)
    const { mail } = await askForCode(visitor)
    assert.notMatch(JSON.stringify(mail!.data), /https?:/)
  })

  test('an hour brings an address few codes, however many trips ask for them', async ({
    assert,
  }) => {
    await waitForProof(new Visitor())
    const answers: string[] = []
    for (let trip = 0; trip <= OutgoingMail.MOST_PER_HOUR; trip++) {
      const visitor = new Visitor()
      await signInWith(world.server, visitor, 'naver')
      const page = await visitor.get('/user/login/prove')
      const answer = await visitor.submit(page, '/user/login/prove/code')
      answers.push(answer.location)
    }
    assert.lengthOf(await queuedMails(), OutgoingMail.MOST_PER_HOUR)
    assert.deepEqual([...new Set(answers)], ['/user/login/prove'])
  })

  test('the code is of no use in another browser, nor is the page there', async ({ assert }) => {
    const visitor = new Visitor()
    await waitForProof(visitor)
    const { mail } = await askForCode(visitor)
    const stranger = new Visitor()
    const page = await stranger.get('/user/login')
    const { code } = mail!.data as { code: string }
    const answer = await stranger.submit(page, '/user/login/prove', { code })
    assert.include(answer.location, 'failure=proof_gone')
    assert.lengthOf(await Identity.all(), 0)
  })

  test('five guesses use it up, and three mails are the most', async ({ assert }) => {
    const visitor = new Visitor()
    await waitForProof(visitor)
    for (let asked = 0; asked < 5; asked++) await askForCode(visitor)
    const mails = await queuedMails()
    assert.lengthOf(mails, 3)

    const { page, mail } = await askForCode(visitor)
    const { code } = mail!.data as { code: string }
    const wrong = code === '123456' ? '654321' : '123456'
    for (let guess = 0; guess < 5; guess++) {
      await visitor.submit(page, '/user/login/prove', { code: wrong })
    }
    const right = await visitor.submit(page, '/user/login/prove', { code })
    assert.include(right.location, 'failure=proof_gone')
    assert.lengthOf(await Identity.all(), 0)
  })

  test('an older code is void once a newer one is sent', async ({ assert }) => {
    const visitor = new Visitor()
    await waitForProof(visitor)
    const first = await askForCode(visitor)
    const second = await askForCode(visitor)
    const { code } = first.mail!.data as { code: string }
    if (code === (second.mail!.data as { code: string }).code) return
    const answer = await visitor.submit(second.page, '/user/login/prove', { code })
    assert.equal(answer.status, 422)
  })
})

test.group('Proving by another provider', (group) => {
  const world = withProviders(group)

  test('who is connected through Kakao proves it with Kakao', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    await signInWith(world.server, new Visitor(), 'kakao')

    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver', { next: '/article' })
    const page = await visitor.get('/user/login/prove')
    const started = await visitor.submit(page, '/user/login/social/kakao', { intent: 'prove' })
    const done = await visitor.get(await world.server.consent(started.location))

    assert.isTrue(await visitor.isSignedIn())
    assert.equal(done.location, '/article')
    assert.lengthOf(await User.all(), 1)
    assert.lengthOf(await Identity.all(), 2)
  })

  test('an identity whose link has ended at the provider proves nothing', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    await signInWith(world.server, new Visitor(), 'kakao')
    await Identity.query().update({ unlinkedAt: '2026-01-01 00:00:00' })

    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const page = await visitor.get('/user/login/prove')
    const started = await visitor.submit(page, '/user/login/social/kakao', { intent: 'prove' })
    const answer = await visitor.get(await world.server.consent(started.location))
    assert.include(answer.location, 'failure=proof_of_another')
    assert.lengthOf(await Identity.all(), 1)
  })

  test("somebody else's Kakao account proves nothing and makes nobody", async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const page = await visitor.get('/user/login/prove')
    const started = await visitor.submit(page, '/user/login/social/kakao', { intent: 'prove' })
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    const answer = await visitor.get(callback)

    assert.include(answer.location, '/user/login/prove?failure=proof_of_another')
    assert.lengthOf((await visitor.get(answer.location)).alerts, 1)
    assert.lengthOf(await User.all(), 1)
    assert.lengthOf(await Identity.all(), 0)
  })

  test('nor does the account of another member, who is not signed in by it either', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MINJUN })
    await signInWith(world.server, new Visitor(), 'kakao', { person: 'seoyeon' })
    const attacker = new Visitor()
    await signInWith(world.server, attacker, 'naver')
    const page = await attacker.get('/user/login/prove')
    const started = await attacker.submit(page, '/user/login/social/kakao', { intent: 'prove' })
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    const answer = await attacker.get(callback)

    assert.include(answer.location, '/user/login/prove?failure=proof_of_another')
    assert.isFalse(await attacker.isSignedIn())
    assert.lengthOf(await Identity.all(), 1)
  })
})

test.group('Connecting another provider', (group) => {
  const world = withProviders(group)

  async function signedIn() {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    return visitor
  }

  /** Presses "connect", as the page of sign-in methods has it. */
  async function connect(visitor: Visitor, intent = 'link') {
    const page = await visitor.get('/')
    return visitor.submit(page, '/user/login/social/naver', { intent })
  }

  test('connects it to who is signed in, also with another address, and tells them', async ({
    assert,
  }) => {
    const visitor = await signedIn()
    const started = await connect(visitor)
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    assert.equal((await visitor.get(callback)).location, '/account/sign_in_methods')
    assert.lengthOf(await User.all(), 1)
    assert.lengthOf(await Identity.all(), 2)
    assert.equal((await lastMailTo(MINJUN))!.template, 'identity_linked')

    const later = new Visitor()
    await signInWith(world.server, later, 'naver', { person: 'seoyeon' })
    assert.lengthOf(await User.all(), 1)
  })

  test('gives the session another token, which makes no proof of who it is newer', async ({
    assert,
  }) => {
    const visitor = await signedIn()
    const proved = now().minus({ minutes: 9 }).startOf('second')
    await UserSession.query().update({ authenticatedAt: sqlTime(proved) })
    const before = await UserSession.firstOrFail()
    const started = await connect(visitor)
    await visitor.get(await world.server.consent(started.location))
    const after = await UserSession.firstOrFail()
    assert.equal(after.id, before.id)
    assert.notEqual(after.tokenHash, before.tokenHash)
    assert.equal(after.authenticatedAt.toMillis(), proved.toMillis())
    assert.isTrue(await visitor.isSignedIn())
  })

  test('connects nothing to somebody else who has signed in here since it began', async ({
    assert,
  }) => {
    const visitor = await signedIn()
    await makeUser({ email: MEMBER_TWO, password: PASSWORD })
    const started = await connect(visitor)
    await signInAs(visitor, MEMBER_TWO)
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    assert.include((await visitor.get(callback)).location, 'failure=person_changed')
    assert.isTrue(await visitor.isSignedIn())
    assert.lengthOf(await Identity.all(), 1)
  })

  test('link CSRF: a callback made in another browser connects nothing', async ({ assert }) => {
    const victim = await signedIn()
    const attacker = new Visitor()
    const started = await start(attacker, 'naver')
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    assert.include((await victim.get(callback)).location, 'failure=state_foreign')
    assert.lengthOf(await Identity.all(), 1)
  })

  test('nothing is connected once the person has been signed out meanwhile', async ({ assert }) => {
    const visitor = await signedIn()
    const started = await connect(visitor)
    await UserSession.query().update({ revokedAt: '2026-01-01 00:00:00' })
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    const answer = await visitor.get(callback)
    assert.include(answer.location, 'failure=person_changed')
    assert.lengthOf(await Identity.all(), 1)
  })

  test("somebody else's identity stays theirs, and whose it is remains unsaid", async ({
    assert,
  }) => {
    const visitor = await signedIn()
    await signInWith(world.server, new Visitor(), 'naver', { person: 'seoyeon' })
    const started = await connect(visitor)
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    const answer = await visitor.get(callback)
    assert.include(answer.location, '/account/sign_in_methods?failure=identity_taken')
    assert.notInclude(answer.location, 'seoyeon')
    assert.lengthOf(await Identity.all(), 2)
  })

  test('needs a recent sign-in', async ({ assert }) => {
    const visitor = await signedIn()
    await UserSession.query().update({
      authenticatedAt: now().minus({ minutes: 11 }).toFormat('yyyy-MM-dd HH:mm:ss'),
    })
    assert.include((await connect(visitor)).location, '/account/reauthenticate')
  })

  test('signed out, it is a plain refusal', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    const answer = await visitor.submit(page, '/user/login/social/naver', { intent: 'link' })
    assert.include(answer.location, '/user/login?failure=signed_out')
  })
})

test.group('Being recognised again', (group) => {
  const world = withProviders(group)

  test('the provider is told to ask, and the session becomes recent under a new token', async ({
    assert,
  }) => {
    for (const driver of ['kakao', 'naver'] as const) {
      await makeProvider(world.server, driver, { requiredFields: [] })
      const visitor = new Visitor()
      const person = driver === 'kakao' ? 'minjun' : 'seoyeon'
      await signInWith(world.server, visitor, driver, { person })
      await UserSession.query().update({ authenticatedAt: '2026-01-01 00:00:00' })
      const token = visitor.cookies.get(cookieName('session'))

      const page = await visitor.get('/')
      const fields = { intent: 'reauthenticate', next: '/account/email' }
      const started = await visitor.submit(page, `/user/login/social/${driver}`, fields)
      const authorize = new URL(started.location).searchParams
      assert.equal(authorize.get('prompt'), driver === 'kakao' ? 'login' : null)
      assert.equal(authorize.get('auth_type'), driver === 'naver' ? 'reauthenticate' : null)

      const answer = await visitor.get(await world.server.consent(started.location, { person }))
      assert.equal(answer.location, '/account/email')
      assert.notEqual(visitor.cookies.get(cookieName('session')), token)
      assert.isTrue(await visitor.isSignedIn())
      const session = await UserSession.query().orderBy('id', 'desc').firstOrFail()
      assert.isTrue(session.isRecent)
    }
  })

  test('another account at the provider is not recognised', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    await UserSession.query().update({ authenticatedAt: '2026-01-01 00:00:00' })
    const page = await visitor.get('/')
    const started = await visitor.submit(page, '/user/login/social/kakao', {
      intent: 'reauthenticate',
    })
    const callback = await world.server.consent(started.location, { person: 'seoyeon' })
    assert.include((await visitor.get(callback)).location, 'failure=identity_of_another')
    const session = await UserSession.firstOrFail()
    assert.isFalse(session.isRecent)
    assert.lengthOf(await User.all(), 1)
  })

  test('nor is the account of another member, nor whoever has signed in here since it began', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { person: 'seoyeon' })
    const { user } = await Identity.query().preload('user').firstOrFail()
    await user.merge({ password: PASSWORD }).save()
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const begin = async () => {
      await UserSession.query().update({ authenticatedAt: '2026-01-01 00:00:00' })
      const page = await visitor.get('/')
      const fields = { intent: 'reauthenticate' }
      return (await visitor.submit(page, '/user/login/social/kakao', fields)).location
    }

    const callback = await world.server.consent(await begin(), { person: 'seoyeon' })
    assert.include((await visitor.get(callback)).location, 'failure=identity_of_another')

    const started = await begin()
    await signInAs(visitor, user.email!)
    await UserSession.query().update({ authenticatedAt: '2026-01-01 00:00:00' })
    const late = await world.server.consent(started, { person: 'seoyeon' })
    assert.include((await visitor.get(late)).location, 'failure=person_changed')
    assert.isFalse((await UserSession.all()).some(({ isRecent }) => isRecent))
  })
})
