import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'
import { emptyDatabase } from '#tests/support/database'
import { queuedMails } from '#tests/support/mails'
import { aProvider } from '#tests/support/providers'
import { comparable, mailedLink, PASSWORD, press, signUp } from '#tests/support/people/sign_up'
import { refusal, t } from '#tests/support/texts'
import {
  makeProvider,
  makeUser,
  signInWith,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { Visitor, type Page } from '#tests/support/visitor'

const EMAIL = 'minjun@example.com'

test.group('Signing up', (group) => {
  group.each.setup(emptyDatabase)

  test('a provider that takes nobody new has no button here, and the page says so', async ({
    assert,
  }) => {
    const closed = await aProvider({ enabled: true })
    await closed.merge({ label: '가게', allowSignUp: false }).save()
    await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    const page = await new Visitor().get('/user/create')
    assert.notInclude(page.actions, '/user/login/social/naver')
    assert.include(page.actions, '/user/login/social/kakao')
    assert.include(page.words, t('registration.closed', { providers: '가게' }))
    const { actions } = await new Visitor().get('/user/login')
    assert.include(actions, '/user/login/social/naver')
  })

  test('sign up, open the mail, press the button: signed in, and where one wanted to go', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    await visitor.get('/user/create?next=/article/create')
    const sent = await signUp(visitor, ' MinJun@Example.com ', { next: '/article/create' })
    assert.equal(sent.status, 303)
    const checkMail = await visitor.get(sent.location)
    assert.equal(checkMail.status, 200)
    assert.include(checkMail.words, t('verification.sent'))
    assert.lengthOf(await User.all(), 0)
    assert.equal((await visitor.signIn(EMAIL, PASSWORD)).status, 422)

    const link = await mailedLink(EMAIL)
    const opened = await visitor.get(link)
    assert.include(opened.words, EMAIL)
    assert.isFalse(opened.has('[type=password]'))
    assert.lengthOf(await User.all(), 0)

    const done = await visitor.submit(opened, link)
    assert.equal(done.status, 303)
    assert.equal(done.location, '/article/create')
    assert.isTrue(await visitor.isSignedIn())

    const user = await User.firstOrFail()
    assert.equal(user.email, EMAIL)
    assert.equal(user.name, '김민준')
    assert.isTrue(user.nameSetHere)
    assert.lengthOf(await Registration.all(), 0)
    assert.equal((await new Visitor().signIn(EMAIL, PASSWORD)).status, 303)
  })

  test('only hashes of password, link and browser are stored', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const row = JSON.stringify((await Registration.firstOrFail()).$attributes)
    const token = (await mailedLink(EMAIL)).split('/').at(-1)!
    for (const secret of [PASSWORD, token, visitor.cookies.get(cookieName('browser'))!]) {
      assert.notInclude(row, secret)
    }
  })

  test('nobody can tell from the answer whether an address has an account', async ({ assert }) => {
    await makeUser({ email: 'taken@example.com', password: PASSWORD })
    await signUp(new Visitor(), 'waiting@example.com')

    const answers: Page[][] = []
    for (const email of ['taken@example.com', 'unknown@example.com', 'waiting@example.com']) {
      const visitor = new Visitor()
      const sent = await signUp(visitor, email)
      answers.push([sent, await visitor.get(sent.location)])
    }
    const [taken, ...others] = answers.map((pages) => pages.map(comparable))
    for (const other of others) assert.deepEqual(other, taken)
  })

  test('the owner of a taken address is told by mail, and nothing else happens', async ({
    assert,
  }) => {
    const owner = await makeUser({ email: EMAIL, password: PASSWORD, locale: 'en' })
    await signUp(new Visitor(), EMAIL, { password: 'what an attacker chose' })

    const [mail, ...more] = await queuedMails()
    assert.lengthOf(more, 0)
    assert.equal(mail.template, 'address_taken')
    assert.equal(mail.to, EMAIL)
    assert.equal(mail.locale, 'en')
    assert.notInclude(JSON.stringify(mail.data), '/verify/')
    assert.lengthOf(await Registration.all(), 0)
    assert.isTrue(await (await User.findOrFail(owner.id)).verifyPassword(PASSWORD))
  })

  test('one address is mailed five times an hour at most, and nobody is told', async ({
    assert,
  }) => {
    await makeUser({ email: 'taken@example.com', password: PASSWORD })
    for (const email of [EMAIL, 'taken@example.com']) {
      const answers = []
      for (let count = 1; count <= 7; count++) {
        answers.push(comparable(await signUp(new Visitor(), email)))
        /* Sent mails forget their address, but count. */
        const mail = await OutgoingMail.query().orderBy('id', 'desc').firstOrFail()
        await mail.markSent()
      }
      for (const answer of answers) assert.deepEqual(answer, answers[0])
    }
    assert.lengthOf(await OutgoingMail.all(), 10)
    assert.lengthOf(await Registration.all(), 5)

    await OutgoingMail.query().update({ createdAt: '2026-01-01 00:00:00' })
    await signUp(new Visitor(), EMAIL)
    assert.lengthOf(await OutgoingMail.all(), 11)
  })

  for (const [what, fields, rule, values] of [
    ['no address', { email: '' }, 'required'],
    ['no address at all', { email: 'minjun' }, 'email'],
    ['a full-width address', { email: 'ｍinjun@example.com' }, 'email'],
    ['an address with a NUL byte', { email: 'a\0b@example.com' }, 'email'],
    ['two addresses', { email: 'a@example.com,b@example.com' }, 'email'],
    ['an endless address', { email: `${'a'.repeat(400)}@x.com` }, 'maxLength', { max: 320 }],
    ['no name', { name: ' \u200b\u3164 ' }, 'required'],
    ['a name of blank letters', { name: '\u2800\uffa0\u{1d159}' }, 'required'],
    ['a name of what joins', { name: '\u200d\ufe0f\u034f' }, 'required'],
    ['a name with a link', { name: '당첨! https://evil.example' }, 'name.link'],
    ['a name of 51 characters', { name: '가'.repeat(51) }, 'maxLength', { max: 50 }],
    ['a name of two lines', { name: 'a\r\nBcc: x' }, 'characters'],
    ['a short password', { password: 'x7#kQ2!pz' }, 'minLength', { min: 10 }],
    ['a long password', { password: 'x7'.repeat(65) }, 'maxLength', { max: 128 }],
    ['a common password', { password: 'password123' }, 'password.guessable'],
    ['a row of keys', { password: 'qwertyuiop[]' }, 'password.guessable'],
    ['a word many times', { password: 'password'.repeat(16) }, 'password.guessable'],
    ['digits in a row', { password: '1234567890'.repeat(12) }, 'password.guessable'],
    ['a word in signs', { password: 'p4$$w0rd'.repeat(8) }, 'password.guessable'],
    ['Korean on English keys', { password: 'dkssudgktpdy' }, 'password.guessable'],
    ['the address as password', { password: 'MINJUN@example.com' }, 'password.personal'],
    ['the name as password', { password: '김민준김민준김민준1' }, 'password.personal'],
  ] as [string, Record<string, string>, string, Record<string, number>?][]) {
    test(`${what}: said beside the field, the rest kept, no secret shown`, async ({ assert }) => {
      const answer = await signUp(new Visitor(), EMAIL, fields)
      assert.equal(answer.status, 422)
      const [field] = Object.keys(fields)
      assert.equal(answer.complaint(field), refusal(rule, { field, ...values }))
      if (field !== 'name') assert.equal(answer.fieldValue('name'), '김민준')
      if (field !== 'email') assert.equal(answer.fieldValue('email'), EMAIL)
      assert.notInclude(answer.text, fields.password ?? PASSWORD)
      assert.lengthOf(await Registration.all(), 0)
    })
  }

  test('a long address is no password for who has it, whatever its case', async ({ assert }) => {
    const email = 'minjun.kim.seoul.1988@some-company-name.example.co.kr'
    const answer = await signUp(new Visitor(), email, { password: email.toUpperCase() })
    assert.equal(answer.status, 422)
    assert.equal(answer.complaint('password'), refusal('password.personal'))
  })

  test('lists, missing and unknown fields and broken bytes are no error of ours', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    const { csrf } = await visitor.get('/user/create')
    const token = `_csrf=${encodeURIComponent(csrf)}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const body of [
      token,
      `${token}&email[]=a@example.com&name[x]=y&password[]=1234567890&next[]=/x`,
      `${token}&email=%ff@example.com&name=%c3%28&password=%00%00%00%00%00%00%00%00%00%00`,
      `${token}&email=a@example.com&name=x&password=${'%00'.repeat(5_000)}`,
    ]) {
      const answer = await visitor.request('/user/create', { method: 'POST', headers, body })
      assert.equal(answer.status, 422)
    }
    const extra = `${token}&email=${EMAIL}&name=x&password=${PASSWORD}&role=admin&token_hash=x`
    const answer = await visitor.request('/user/create', { method: 'POST', headers, body: extra })
    assert.equal(answer.status, 303)
    await press(visitor, await mailedLink(EMAIL))
    assert.equal((await User.firstOrFail()).role, 'member')
  })

  test('a form without its token changes nothing and says so', async ({ assert }) => {
    const answer = await new Visitor().post('/user/create', { email: EMAIL, password: PASSWORD })
    assert.equal(answer.status, 403)
    assert.include(answer.words, t('errors.E_BAD_CSRF_TOKEN'))
    assert.lengthOf(await Registration.all(), 0)
  })

  test('a next that leads elsewhere is forgotten', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL, { next: 'https://evil.example/' })
    assert.equal((await press(visitor, await mailedLink(EMAIL))).location, '/')
  })

  test('who is signed in already is sent on', async ({ assert }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    const visitor = new Visitor()
    await visitor.signIn(EMAIL, PASSWORD)
    assert.equal((await visitor.get('/user/create?next=/article')).location, '/article')
    const pressed = await visitor.submit(await visitor.get('/'), '/user/create', {
      next: '/article',
    })
    assert.equal(pressed.location, '/article')
    const home = await visitor.get('/')
    assert.equal((await visitor.submit(home, '/user/create', {})).location, '/')
  })
})

test.group('Squatting on an address', (group) => {
  const world = withProviders(group)
  const ATTACKERS = 'what an attacker chose'

  test('a sign-up of the victim gains its author nothing when the victim signs up', async ({
    assert,
  }) => {
    const attacker = new Visitor()
    await signUp(attacker, EMAIL, { name: '공격자', password: ATTACKERS })
    const attackersLink = await mailedLink(EMAIL)

    const victim = new Visitor()
    await signUp(victim, EMAIL)
    assert.lengthOf(await Registration.all(), 2)
    const victimsLink = await mailedLink(EMAIL)
    assert.notEqual(victimsLink, attackersLink)
    await press(victim, victimsLink)

    const user = await User.firstOrFail()
    assert.equal(user.name, '김민준')
    assert.lengthOf(await Registration.all(), 0)
    assert.equal((await press(attacker, attackersLink)).status, 410)
    assert.equal((await attacker.signIn(EMAIL, ATTACKERS)).status, 422)
    assert.equal((await new Visitor().signIn(EMAIL, PASSWORD)).status, 303)
  })

  test("the victim cannot be brought to confirm the attacker's password", async ({ assert }) => {
    await signUp(new Visitor(), EMAIL, { password: ATTACKERS })
    const victim = new Visitor()
    const link = await mailedLink(EMAIL)
    assert.isTrue((await victim.get(link)).has('[type=password]'))
    assert.equal((await press(victim, link)).status, 422)
    assert.equal((await press(victim, link, { password: PASSWORD })).status, 422)
    assert.lengthOf(await User.all(), 0)
  })

  test('left behind in a shared browser, it is replaced by the sign-up of the victim', async ({
    assert,
  }) => {
    const shared = new Visitor()
    await signUp(shared, EMAIL, { password: ATTACKERS })
    const attackersLink = await mailedLink(EMAIL)
    await signUp(shared, EMAIL)
    assert.equal((await press(shared, attackersLink)).status, 410)
    assert.equal((await press(shared, await mailedLink(EMAIL))).status, 303)
    assert.equal((await new Visitor().signIn(EMAIL, ATTACKERS)).status, 422)
  })

  test('the victim comes by Kakao, which proves the address: the sign-up is void', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const attacker = new Visitor()
    await signUp(attacker, EMAIL, { password: ATTACKERS })
    const link = await mailedLink(EMAIL)

    const victim = new Visitor()
    assert.equal((await signInWith(world.server, victim, 'kakao')).location, '/')
    assert.equal((await User.firstOrFail()).email, EMAIL)
    assert.lengthOf(await Registration.all(), 0)
    assert.equal((await press(attacker, link, { password: ATTACKERS })).status, 410)
    assert.equal((await attacker.signIn(EMAIL, ATTACKERS)).status, 422)
    assert.lengthOf(await User.all(), 1)
  })

  test('the victim comes by Naver, which proves nothing: nothing is joined either way', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    await signUp(new Visitor(), EMAIL, { password: ATTACKERS })
    await signInWith(world.server, new Visitor(), 'naver')
    const victim = await User.firstOrFail()
    assert.isNull(victim.email)
    assert.isNull(victim.password)
    assert.equal((await new Visitor().signIn(EMAIL, ATTACKERS)).status, 422)
  })

  test('an account that Kakao made takes no password from a later sign-up', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await signUp(new Visitor(), EMAIL, { password: ATTACKERS })
    assert.lengthOf(await Registration.all(), 0)
    assert.isNull((await User.firstOrFail()).password)
    assert.equal((await new Visitor().signIn(EMAIL, ATTACKERS)).status, 422)
  })

  test('confirmed here and proved by Kakao at the same moment: one account', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    for (let round = 1; round <= 5; round++) {
      await Identity.query().delete()
      await User.query().delete()
      await OutgoingMail.query().delete()
      const [mail, kakao] = [new Visitor(), new Visitor()]
      await signUp(mail, EMAIL)
      const link = await mailedLink(EMAIL)
      const page = await mail.get(link)
      const callback = await startAndConsent(world.server, kakao, 'kakao')

      const [pressed, arrived] = await Promise.all([mail.submit(page, link), kakao.get(callback)])
      assert.include([303, 409, 410], pressed.status)
      assert.equal(arrived.location, '/')
      assert.lengthOf(await User.query().where('email', EMAIL), 1)
      assert.lengthOf(await Registration.all(), 0)
    }
  })

  test('the mail of a sign-up carries no words of a stranger that could be a link', async ({
    assert,
  }) => {
    for (const name of ['www.evil.example', 'http:evil', 'a/b', 'me@evil.example', '<b>x</b>']) {
      assert.equal((await signUp(new Visitor(), EMAIL, { name })).status, 422, name)
    }
    assert.lengthOf(await queuedMails(), 0)
  })
})
