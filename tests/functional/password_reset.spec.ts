import { test } from '@japa/runner'
import { SendEmailProof } from '#actions/account/send_email_proof'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'
import { now } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import {
  comparable,
  forget,
  mailedLink,
  PASSWORD,
  press,
  signUp,
} from '#tests/support/people/sign_up'
import { refusal, t } from '#tests/support/texts'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const EMAIL = 'minjun@example.com'
const NEW_PASSWORD = 'quite another password'
const LONG_AGO = '2026-01-01 00:00:00'

test.group('A forgotten password', (group) => {
  group.each.setup(emptyDatabase)

  test('ask, open the mail, choose a new one: the old one and every session end', async ({
    assert,
  }) => {
    await makeUser({ email: EMAIL, password: PASSWORD, locale: 'ko' })
    const thief = new Visitor()
    await thief.signIn(EMAIL, PASSWORD)
    assert.isTrue(await thief.isSignedIn())

    const visitor = new Visitor()
    assert.include((await visitor.get('/user/login')).words, t('session.forgot'))
    const sent = await forget(visitor, 'MINJUN@example.com')
    const told = await visitor.get(sent.location)
    assert.include(told.words, t('password_reset.sent'))
    assert.equal((await lastMailTo(EMAIL)).template, 'reset_password')

    const link = await mailedLink(EMAIL)
    const page = await visitor.get(link)
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    assert.equal(page.headers.get('cache-control'), 'no-store')
    assert.equal(page.fieldValue('password'), undefined)

    const done = await visitor.submit(page, link, { password: NEW_PASSWORD })
    assert.equal(done.location, '/user/login')
    assert.include((await visitor.get(done.location)).words, t('password_reset.done'))
    assert.isFalse(await visitor.isSignedIn())
    assert.isFalse(await thief.isSignedIn())

    assert.equal((await visitor.signIn(EMAIL, PASSWORD)).status, 422)
    assert.equal((await visitor.signIn(EMAIL, NEW_PASSWORD)).status, 303)
    assert.equal((await lastMailTo(EMAIL)).template, 'password_changed')
    assert.lengthOf(await AccountToken.all(), 0)
  })

  test('a sign-in whose password was right until the reset comes too late', async ({ assert }) => {
    const user = await makeUser({ email: EMAIL, password: PASSWORD })
    const verified = await User.verifyCredentials(EMAIL, PASSWORD)
    await forget(new Visitor(), EMAIL)
    const link = await mailedLink(EMAIL)
    const visitor = new Visitor()
    await visitor.submit(await visitor.get(link), link, { password: NEW_PASSWORD })

    assert.isFalse(await verified.notePasswordSignIn(now()))
    await user.refresh()
    assert.isTrue(await user.notePasswordSignIn(now()))
  })

  test('only a hash of the link is stored', async ({ assert }) => {
    await makeUser({ email: EMAIL })
    await forget(new Visitor(), EMAIL)
    const token = (await mailedLink(EMAIL)).split('/').at(-1)!
    assert.notInclude(JSON.stringify((await AccountToken.firstOrFail()).$attributes), token)
  })

  test('the answer is the same for every address; mail goes to proved ones only', async ({
    assert,
  }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    await makeUser({ email: 'social@example.com', password: null })
    await makeUser({ email: 'suspended@example.com', password: PASSWORD })
    await User.query().where('email', 'suspended@example.com').update({ suspendedAt: LONG_AGO })
    await signUp(new Visitor(), 'waiting@example.com')
    await OutgoingMail.query().delete()

    const answers = []
    for (const email of [
      EMAIL,
      'social@example.com',
      'suspended@example.com',
      'waiting@example.com',
      'unknown@example.com',
    ]) {
      const visitor = new Visitor()
      const sent = await forget(visitor, email)
      answers.push([comparable(sent), comparable(await visitor.get(sent.location))])
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    const recipients = (await queuedMails()).map(({ to }) => to)
    assert.deepEqual(recipients, ['social@example.com', EMAIL])
  })

  test('five mails an hour; the last link stays good', async ({ assert }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    const visitor = new Visitor()
    for (let count = 1; count <= 8; count++) {
      assert.equal((await forget(visitor, EMAIL)).status, 303)
    }
    assert.lengthOf(await OutgoingMail.all(), 5)
    assert.equal(
      (await press(visitor, await mailedLink(EMAIL), { password: NEW_PASSWORD })).status,
      303
    )
  })

  test('a used, an older, an expired and a wrong link say so and offer a new one', async ({
    assert,
  }) => {
    const user = await makeUser({ email: EMAIL, password: PASSWORD })
    const visitor = new Visitor()
    const link = async () => {
      await forget(visitor, EMAIL)
      return mailedLink(EMAIL)
    }
    const older = await link()
    const used = await link()
    await press(visitor, used, { password: NEW_PASSWORD })
    const expired = await link()
    await AccountToken.query().update({ expiresAt: LONG_AGO })

    await new SendEmailProof().handle(user, 'new@example.com')
    const otherPurpose = (await mailedLink('new@example.com')).split('/').at(-1)

    for (const dead of [
      older,
      used,
      expired,
      `/user/password/reset/${otherPurpose}`,
      `${expired.slice(0, -1)}x`,
      '/user/password/reset/x',
      '/user/password/reset/%00',
      `/user/password/reset/${'x'.repeat(3_000)}`,
    ]) {
      const page = await visitor.get(dead)
      assert.equal(page.status, 410, dead)
      assert.include(page.alerts[0], t('password_reset.gone_text'))
      assert.include(page.links, '/user/password/forgot')
      const home = await visitor.get('/user/login')
      const answer = await visitor.submit(home, dead, { password: 'a third password 3' })
      assert.equal(answer.status, 410, dead)
    }
    assert.equal((await new Visitor().signIn(EMAIL, NEW_PASSWORD)).status, 303)
  })

  test('it is void once the address has changed', async ({ assert }) => {
    const user = await makeUser({ email: EMAIL, password: PASSWORD })
    const owner = new Visitor()
    await owner.signIn(EMAIL, PASSWORD)
    await new SendEmailProof().handle(user, 'new@example.com')
    await forget(new Visitor(), EMAIL)
    const link = await mailedLink(EMAIL)

    await press(owner, await mailedLink('new@example.com'))
    assert.equal((await new Visitor().get(link)).status, 410)

    /* Also where only the address changed, by whatever way. */
    await forget(new Visitor(), 'new@example.com')
    const next = await mailedLink('new@example.com')
    const page = await owner.get(next)
    await User.query().update({ email: 'newest@example.com' })
    const answer = await owner.submit(page, next, { password: NEW_PASSWORD })
    assert.equal(answer.status, 410)
    assert.equal((await new Visitor().signIn('newest@example.com', PASSWORD)).status, 303)
  })

  for (const [what, password, words] of [
    ['nothing', '', refusal('required', { field: 'password' })],
    ['nine characters', 'x7#kQ2!pz', refusal('minLength', { min: 10 })],
    ['129 characters', 'x'.repeat(129), refusal('maxLength', { max: 128 })],
    ['a common one', 'password1234', refusal('password.guessable')],
    ['the address', 'minjun@example.com1', refusal('password.personal')],
    ['the name', 'gildonghong1', refusal('password.personal')],
  ] as const) {
    test(`${what} is refused as at sign-up, and the link stays good`, async ({ assert }) => {
      await makeUser({ email: EMAIL, name: 'GilDong Hong gildonghong', password: PASSWORD })
      const visitor = new Visitor()
      await forget(visitor, EMAIL)
      const link = await mailedLink(EMAIL)
      const answer = await press(visitor, link, { password })
      assert.equal(answer.status, 422)
      assert.equal(answer.complaint('password'), words)
      if (password && !EMAIL.startsWith(password.slice(0, 6))) {
        assert.notInclude(answer.text, password)
      }
      assert.equal((await press(visitor, link, { password: NEW_PASSWORD })).status, 303)
    })
  }

  test('two at once: one of them sets the password', async ({ assert }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    const visitor = new Visitor()
    await forget(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    const page = await visitor.get(link)
    const passwords = ['first new password', 'second new password', 'third new password']
    const answers = await Promise.all(
      passwords.map((password) => visitor.submit(page, link, { password }))
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 410, 410])
    const winner = passwords[answers.findIndex(({ status }) => status === 303)]
    assert.equal((await new Visitor().signIn(EMAIL, winner)).status, 303)
  })

  test('two requests at once leave one good link', async ({ assert }) => {
    await makeUser({ email: EMAIL })
    await Promise.all([1, 2, 3].map(() => forget(new Visitor(), EMAIL)))
    assert.lengthOf(await AccountToken.all(), 1)
  })

  test('who is suspended in between sets nothing', async ({ assert }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    const visitor = new Visitor()
    await forget(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    await User.query().update({ suspendedAt: LONG_AGO })
    assert.equal((await visitor.get(link)).status, 410)
    await User.query().update({ suspendedAt: null })
    const page = await visitor.get(link)
    await User.query().update({ suspendedAt: LONG_AGO })
    assert.equal((await visitor.submit(page, link, { password: NEW_PASSWORD })).status, 410)
    await User.query().update({ suspendedAt: null })
    assert.equal((await visitor.signIn(EMAIL, PASSWORD)).status, 303)
  })

  test('a waiting sign-up of the address is void afterwards', async ({ assert }) => {
    const attacker = new Visitor()
    await signUp(attacker, EMAIL, { password: 'what an attacker chose' })
    const link = await mailedLink(EMAIL)
    await makeUser({ email: EMAIL, password: PASSWORD })
    const victim = new Visitor()
    await forget(victim, EMAIL)
    await press(victim, await mailedLink(EMAIL), { password: NEW_PASSWORD })
    assert.lengthOf(await Registration.all(), 0)
    assert.equal((await press(attacker, link)).status, 410)
  })

  test('a change of address that somebody else asked for is void afterwards', async ({
    assert,
  }) => {
    const user = await makeUser({ email: EMAIL, password: PASSWORD })
    const thief = new Visitor()
    await thief.signIn(EMAIL, PASSWORD)
    await new SendEmailProof().handle(user, 'thief@example.com')
    const link = await mailedLink('thief@example.com')

    const owner = new Visitor()
    await forget(owner, EMAIL)
    await press(owner, await mailedLink(EMAIL), { password: NEW_PASSWORD })
    assert.equal((await press(thief, link)).status, 410)
    assert.equal((await User.firstOrFail()).email, EMAIL)
  })

  test('lists, missing fields and broken bytes are no error of ours', async ({ assert }) => {
    await makeUser({ email: EMAIL })
    const visitor = new Visitor()
    await forget(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const token = `_csrf=${encodeURIComponent((await visitor.get(link)).csrf)}`
    for (const [path, body] of [
      ['/user/password/forgot', `${token}&email[]=${EMAIL}`],
      ['/user/password/forgot', `${token}&email=%ff%00`],
      ['/user/password/forgot', token],
      [link, `${token}&password[]=${NEW_PASSWORD}`],
      [link, `${token}&password[x]=${NEW_PASSWORD}`],
      [link, token],
    ]) {
      const answer = await visitor.request(path, { method: 'POST', headers, body })
      assert.equal(answer.status, 422, body)
    }
    const forged = await visitor.post(link, { password: NEW_PASSWORD })
    assert.equal(forged.status, 403)
    assert.isNull((await User.firstOrFail()).password)
  })
})

test.group('A forgotten password of who came by Kakao', (group) => {
  const world = withProviders(group)

  test('sets a first one; both ways lead to one account', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const visitor = new Visitor()
    await forget(visitor, EMAIL)
    await press(visitor, await mailedLink(EMAIL), { password: NEW_PASSWORD })
    assert.equal((await visitor.signIn(EMAIL, NEW_PASSWORD)).status, 303)
    assert.equal((await signInWith(world.server, new Visitor(), 'kakao')).location, '/')
    assert.lengthOf(await User.all(), 1)
  })

  test('an address that Naver only shows gets no mail', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    await signInWith(world.server, new Visitor(), 'naver')
    await forget(new Visitor(), EMAIL)
    assert.lengthOf(await queuedMails(), 0)
  })
})
