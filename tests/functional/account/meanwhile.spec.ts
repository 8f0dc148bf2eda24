import { test } from '@japa/runner'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import db from '@adonisjs/lucid/services/db'
import {
  letProofsAge,
  MEMBER,
  MEMBER_PASSWORD,
  signedInMember,
  visitorOf,
} from '#tests/support/people/member'
import { lastMailTo } from '#tests/support/mails'
import {
  beforeTheNextAttemptIsWritten,
  beforeTheNextSignIn,
  duringTheNextHash,
  onceGone,
} from '#tests/support/meanwhile'
import {
  answer as answerSecondFactor,
  letCodesBeFresh,
  setUp,
} from '#tests/support/people/second_factor'
import { forget, mailedLink, press } from '#tests/support/people/sign_up'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'
import { t } from '#tests/support/texts'

const NEW_PASSWORD = 'eleven noisy crows at dusk'
const METHODS = '/account/sign_in_methods'

/** The owner gets the account back by the link in a mail. */
async function reset(choices: Record<string, string> = {}) {
  const owner = new Visitor()
  await forget(owner, MEMBER)
  await press(owner, await mailedLink(MEMBER), { password: NEW_PASSWORD, ...choices })
}

const resetAndDisconnect = () => reset({ disconnectAll: '1' })

async function suspendAndRestore() {
  const user = await User.findByOrFail('email', MEMBER)
  await db.transaction((trx) => user.suspend(null, trx))
  await User.query().where('id', user.id).update({ suspendedAt: null })
}

const OWNERS_MEANS = {
  'a reset that disconnects everything': resetAndDisconnect,
  'a suspension and its end': suspendAndRestore,
  'signing out everywhere else': async (owner: Visitor) => {
    const page = await owner.get('/account/devices')
    await owner.submit(page, '/account/devices/sign_out')
  },
}

const lastAttempt = () => SignInAttempt.query().orderBy('id', 'desc').firstOrFail()

/** How many people the metrics say have signed in. */
async function signInsCounted(provider: string): Promise<number> {
  const { text } = await new Visitor().get('/metrics')
  const labels = `provider="${provider}",intent="sign_in",outcome="signed_in"`
  return Number(new RegExp(`${labels}[^}]*} (\\d+)`).exec(text)?.[1] ?? 0)
}

test.group('Whoever held an account for a moment does not keep it', (group) => {
  const world = withProviders(group)

  /** A trip for an article: the callback's address, not yet opened. */
  async function tripOf(visitor: Visitor, key: string, page?: Page, intent = 'sign_in') {
    const form = page ?? (await visitor.get('/'))
    const fields = { intent, next: '/article' }
    const started = await visitor.submit(form, `/user/login/social/${key}`, fields)
    return world.server.consent(started.location)
  }

  /** Ways to prove an account; each returns the last step, not yet taken. */
  const PROOFS: Record<string, (who: Visitor, page: Page) => Promise<() => Promise<Page>>> = {
    'its password': async (who, page) => () =>
      who.submit(page, '/user/login/prove', { password: MEMBER_PASSWORD }),
    'another provider': async (who, page) => {
      const callback = await tripOf(who, 'kakao', page, 'prove')
      return () => who.get(callback)
    },
  }

  /** Lets something happen once the provider is asked who came, and before it answers. */
  function whileProviderThinks(happening: () => Promise<unknown>) {
    world.server.beforeAnswer = async () => {
      world.server.beforeAnswer = null
      await happening()
    }
  }

  for (const [means, act] of Object.entries(OWNERS_MEANS)) {
    test(`connecting a provider that takes its time is overtaken by ${means}`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const { user, visitor: attacker } = await signedInMember()
      const owner = await visitorOf(user)
      const page = await attacker.get(METHODS)
      const started = await attacker.submit(page, '/user/login/social/naver', { intent: 'link' })
      const callback = await world.server.consent(started.location)

      whileProviderThinks(() => act(owner))
      const answer = await attacker.get(callback)
      assert.include(answer.location, 'failure=person_changed')
      assert.lengthOf(await Identity.all(), 0)
    })

    test(`a proof by password that is being checked is overtaken by ${means}`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const { visitor: owner } = await signedInMember()
      const attacker = new Visitor()
      await signInWith(world.server, attacker, 'naver')
      const page = await attacker.get('/user/login/prove')

      duringTheNextHash('verify', () => act(owner))
      await attacker.submit(page, '/user/login/prove', { password: MEMBER_PASSWORD })
      assert.lengthOf(await Identity.all(), 0)
      assert.isFalse(await attacker.isSignedIn())
    })

    test(`a code that was mailed to prove an account is void after ${means}`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const { visitor: owner } = await signedInMember()
      const attacker = new Visitor()
      await signInWith(world.server, attacker, 'naver')
      const page = await attacker.get('/user/login/prove')
      await attacker.submit(page, '/user/login/prove/code')
      const { data } = await lastMailTo(MEMBER)

      await act(owner)
      const code = (data as { code: string }).code
      await attacker.submit(page, '/user/login/prove', { code })
      assert.lengthOf(await Identity.all(), 0)
      assert.isFalse(await attacker.isSignedIn())
    })

    test(`a sign-in whose password was right is overtaken by ${means}`, async ({ assert }) => {
      const { visitor: owner } = await signedInMember()
      const attacker = new Visitor()
      const page = await attacker.get('/user/login')
      beforeTheNextAttemptIsWritten(() => act(owner))
      const before = await signInsCounted('password')
      const answer = await attacker.submit(page, '/user/login', {
        email: MEMBER,
        password: MEMBER_PASSWORD,
        next: '/article',
      })
      assert.equal(answer.location, '/user/login?next=%2Farticle')
      assert.equal(await signInsCounted('password'), before)
      assert.equal((await lastAttempt()).failure, 'proof_gone')
      const { alerts } = await attacker.visit(answer.location)
      assert.include(alerts, t('session.ended_meanwhile'))
      assert.isFalse(await attacker.isSignedIn())
    })

    test(`a first password that is being hashed is overtaken by ${means}`, async ({ assert }) => {
      await makeProvider(world.server, 'kakao')
      const attacker = new Visitor()
      await signInWith(world.server, attacker, 'kakao')
      const owner = new Visitor()
      await signInWith(world.server, owner, 'kakao')
      const page = await attacker.get('/account/password')

      duringTheNextHash('make', () => act(owner))
      const password = 'what an attacker chose'
      const answer = await attacker.submit(page, '/account/password', { password })
      assert.equal(answer.location, '/user/login?next=%2Faccount%2Fpassword')
      const thief = new Visitor()
      await thief.signIn(MEMBER, password)
      assert.isFalse(await thief.isSignedIn())
    })
  }

  test('a sign-in by a provider is overtaken by a reset that disconnects it', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const attacker = new Visitor()
    await signInWith(world.server, attacker, 'kakao')
    const callback = await tripOf(attacker, 'kakao')
    const before = await signInsCounted('kakao')
    beforeTheNextSignIn(resetAndDisconnect)
    const answer = await attacker.get(`${callback}&next=/account/email`)
    assert.equal(answer.location, '/user/login?next=%2Farticle')
    assert.equal(await signInsCounted('kakao'), before)
    assert.equal((await lastAttempt()).failure, 'proof_gone')
    assert.isFalse(await attacker.isSignedIn())
    assert.lengthOf(await UserSession.query().whereNull('revokedAt'), 0)
  })

  for (const [proof, prove] of Object.entries(PROOFS)) {
    test(`an account joined by ${proof} is overtaken by a reset, and the history says so`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      await makeProvider(world.server, 'kakao')
      await signInWith(world.server, new Visitor(), 'kakao')
      const owner = await User.firstOrFail()
      await owner.merge({ password: MEMBER_PASSWORD }).save()

      const attacker = new Visitor()
      await makeUser({ email: 'other@example.com', password: MEMBER_PASSWORD })
      await attacker.signIn('other@example.com', MEMBER_PASSWORD)
      await attacker.get(await tripOf(attacker, 'naver'))
      const page = await attacker.get('/user/login/prove')
      const finish = await prove(attacker, page)
      beforeTheNextSignIn(() => reset())
      assert.equal((await finish()).location, '/user/login?next=%2Farticle')
      const joined = await SignInAttempt.query().where('intent', 'sign_in').orderBy('id', 'desc')
      assert.equal(joined.find(({ providerId }) => providerId !== null)!.failure, 'proof_gone')
      const theirs = await UserSession.query().where('userId', owner.id).whereNull('revokedAt')
      assert.lengthOf(theirs, 0)
    })
  }

  test('a second factor that was right is overtaken by a reset, and the history says so', async ({
    assert,
  }) => {
    const { visitor: owner } = await signedInMember()
    const { app } = await setUp(owner)
    await letCodesBeFresh()
    const attacker = new Visitor()
    await attacker.signIn(MEMBER, MEMBER_PASSWORD)
    const before = await signInsCounted('password')
    onceGone(WaitingSignIn, () => reset())
    await answerSecondFactor(attacker, { code: app.code() })
    assert.equal((await lastAttempt()).failure, 'proof_gone')
    assert.equal(await signInsCounted('password'), before)
    assert.isFalse(await attacker.isSignedIn())
  })

  test('no sign-in waits for a second factor whose password was reset meanwhile', async ({
    assert,
  }) => {
    const { visitor: owner } = await signedInMember()
    await setUp(owner)
    beforeTheNextAttemptIsWritten(() => reset())
    const attacker = new Visitor()
    await attacker.signIn(MEMBER, MEMBER_PASSWORD)
    assert.lengthOf(await WaitingSignIn.all(), 0)
  })

  test('a password that is confirmed while its owner removes it proves nothing', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const [attacker, owner] = [new Visitor(), new Visitor()]
    await signInWith(world.server, attacker, 'kakao')
    await (await User.firstOrFail()).merge({ password: MEMBER_PASSWORD }).save()
    await letProofsAge()
    await signInWith(world.server, owner, 'kakao')
    const form = await attacker.get('/account/reauthenticate')

    duringTheNextHash('verify', async () =>
      owner.submit(await owner.get('/account'), '/account/password/remove')
    )
    const answer = await attacker.submit(form, '/account/reauthenticate', {
      password: MEMBER_PASSWORD,
      next: '/account/email',
    })
    assert.isNull((await User.firstOrFail()).password)
    assert.equal(answer.location, '/account/reauthenticate?next=%2Faccount%2Femail&unchanged=1')
    assert.equal((await attacker.get('/account/email')).status, 303)
  })

  test('a copied cookie connects nothing once the password was changed with the original', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    const { visitor: owner } = await signedInMember()
    const attacker = new Visitor()
    for (const [name, value] of owner.cookies) attacker.cookies.set(name, value)
    const page = await attacker.get(METHODS)
    const started = await attacker.submit(page, '/user/login/social/naver', { intent: 'link' })
    const callback = await world.server.consent(started.location)
    whileProviderThinks(async () => {
      await owner.submit(await owner.get('/account/password'), '/account/password', {
        currentPassword: MEMBER_PASSWORD,
        password: NEW_PASSWORD,
      })
    })
    await attacker.get(callback)
    assert.lengthOf(await Identity.all(), 0)
    assert.isTrue(await owner.isSignedIn())
  })

  test('what an owner does by themselves meanwhile ends nothing of theirs', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const { visitor } = await signedInMember()
    const page = await visitor.get(METHODS)
    const started = await visitor.submit(page, '/user/login/social/naver', { intent: 'link' })
    const callback = await world.server.consent(started.location)
    whileProviderThinks(async () => {
      await visitor.submit(await visitor.get('/account/devices'), '/account/devices/sign_out')
    })
    assert.equal((await visitor.get(callback)).location, METHODS)
    assert.lengthOf(await Identity.all(), 1)
    assert.isNotEmpty(await OutgoingMail.query().where('template', 'identity_linked'))
  })
})
