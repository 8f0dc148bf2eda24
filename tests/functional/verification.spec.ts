import { test } from '@japa/runner'
import { SendEmailProof } from '#actions/account/send_email_proof'
import AccountToken from '#models/account_token'
import OutgoingMail from '#models/outgoing_mail'
import Registration from '#models/registration'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
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
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const EMAIL = 'minjun@example.com'
const LONG_AGO = '2026-01-01 00:00:00'

async function resend(visitor: Visitor, email: string) {
  const page = await visitor.get('/user/resend_verify_email')
  return visitor.submit(page, '/user/resend_verify_email', { email })
}

test.group('The link of a sign-up', (group) => {
  group.each.setup(emptyDatabase)

  test('opening it does nothing, however often and by whomever', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    for (const reader of [visitor, new Visitor(), new Visitor()]) {
      const page = await reader.get(link)
      assert.equal(page.status, 200)
      assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
      assert.equal(page.headers.get('cache-control'), 'no-store')
    }
    assert.lengthOf(await User.all(), 0)
    assert.equal((await press(visitor, link)).status, 303)
  })

  test('in another browser the password is asked for, and makes the user there', async ({
    assert,
  }) => {
    await signUp(new Visitor(), EMAIL, { next: '/article' })
    const link = await mailedLink(EMAIL)
    const phone = new Visitor()

    assert.include((await phone.get(link)).words, t('verification.confirm_elsewhere'))
    const empty = await press(phone, link)
    assert.equal(empty.status, 422)
    assert.equal(empty.complaint('password'), refusal('required', { field: 'password' }))

    const wrong = await press(phone, link, { password: 'a wrong password' })
    assert.equal(wrong.status, 422)
    assert.equal(wrong.complaint('password'), t('verification.wrong_password', { tries: 4 }))
    assert.notInclude(wrong.text, 'a wrong password')

    const done = await press(phone, link, { password: PASSWORD })
    assert.equal(done.location, '/article')
    assert.isTrue(await phone.isSignedIn())
  })

  test('five wrong passwords and the sign-up is void, also for the right one', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    const other = new Visitor()
    const page = await other.get(link)
    const tries = Array.from({ length: 8 }, () => other.submit(page, link, { password: 'wrong' }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 422).length <= 4, true)
    assert.include(statuses, 410)

    assert.equal((await press(other, link, { password: PASSWORD })).status, 410)
    assert.lengthOf(await Registration.all(), 0)
    assert.lengthOf(await User.all(), 0)
  })

  test('after half an hour its own browser asks for the password as well', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    const createdAt = sqlTime(now().minus({ minutes: 31 }))
    await Registration.query().update({ createdAt })
    assert.equal((await press(visitor, link)).status, 422)
    assert.equal((await press(visitor, link, { password: PASSWORD })).status, 303)
  })

  test('two presses at once make one user', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    const page = await visitor.get(link)
    const answers = await Promise.all(Array.from({ length: 6 }, () => visitor.submit(page, link)))
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [303, 410, 410, 410, 410, 410])
    assert.lengthOf(await User.all(), 1)
  })

  test('two sign-ups of one address, both pressed at once, make one user', async ({ assert }) => {
    const [first, second] = [new Visitor(), new Visitor()]
    await signUp(first, EMAIL)
    const links = [await mailedLink(EMAIL)]
    await signUp(second, EMAIL)
    links.push(await mailedLink(EMAIL))

    const answers = await Promise.all([press(first, links[0]), press(second, links[1])])
    const statuses = answers.map(({ status }) => status).sort()
    assert.equal(statuses[0], 303)
    assert.include([409, 410], statuses[1])
    assert.lengthOf(await User.all(), 1)
    assert.lengthOf(await Registration.all(), 0)
  })

  test('a used, an expired and a wrong link say so and offer a new one', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    await press(visitor, link)

    await signUp(new Visitor(), 'late@example.com')
    const late = await mailedLink('late@example.com')
    await Registration.query().update({ expiresAt: LONG_AGO })

    const stranger = new Visitor()
    for (const dead of [
      link,
      late,
      `${late.slice(0, -1)}x`,
      `/user/nobody/verify/${late.split('/').at(-1)}`,
      '/user/x/verify/y',
      '/user/%00/verify/%00',
      `/user/x/verify/${'y'.repeat(3_000)}`,
    ]) {
      const page = await stranger.get(dead)
      assert.equal(page.status, 410, dead)
      assert.include(page.alerts[0], t('verification.gone_text'))
      assert.include(page.actions, '/user/resend_verify_email')
      assert.equal((await stranger.submit(page, dead)).status, 410, dead)
    }
    assert.lengthOf(await User.all(), 1)
  })

  test('an address that somebody proved meanwhile has a page of its own', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const link = await mailedLink(EMAIL)
    await makeUser({ email: EMAIL })
    const page = await press(visitor, link)
    assert.equal(page.status, 409)
    assert.include(page.alerts[0], t('verification.taken_text'))
    assert.isFalse(await visitor.isSignedIn())
    assert.isNull((await User.firstOrFail()).password)
  })

  test('the link of one sign-up does not open another', async ({ assert }) => {
    await signUp(new Visitor(), EMAIL)
    const mine = await mailedLink(EMAIL)
    await signUp(new Visitor(), 'other@example.com')
    const other = await mailedLink('other@example.com')
    const mixed = `/user/${other.split('/')[2]}/verify/${mine.split('/')[4]}`
    assert.equal((await new Visitor().get(mixed)).status, 410)
  })

  test('signing out in between asks for the password again', async ({ assert }) => {
    await makeUser({ email: 'other@example.com', password: PASSWORD })
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    await visitor.signIn('other@example.com', PASSWORD)
    await visitor.submit(await visitor.get('/'), '/user/logout')
    assert.isTrue((await visitor.get(await mailedLink(EMAIL))).has('[type=password]'))
  })
})

test.group('Sending the link again', (group) => {
  group.each.setup(emptyDatabase)

  test('a new mail makes the link before it void', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    const first = await mailedLink(EMAIL)
    const sent = await resend(visitor, EMAIL)
    assert.equal(sent.location, '/user/resend_verify_email?sent=again')
    const second = await mailedLink(EMAIL)

    assert.notEqual(second, first)
    assert.equal((await visitor.get(first)).status, 410)
    assert.equal((await press(visitor, second)).status, 303)
  })

  test("asked for elsewhere, it leaves the link in the owner's mail alive, and no longer", async ({
    assert,
  }) => {
    const owner = new Visitor()
    await signUp(owner, EMAIL)
    const first = await mailedLink(EMAIL)
    const { expiresAt } = await Registration.firstOrFail()
    await resend(new Visitor(), EMAIL)
    const second = await mailedLink(EMAIL)

    assert.notEqual(second, first)
    for (const registration of await Registration.all()) {
      assert.equal(registration.expiresAt.toMillis(), expiresAt.toMillis())
    }
    assert.equal((await owner.get(second)).status, 200)
    assert.equal((await press(owner, first)).status, 303)
    assert.equal((await new Visitor().get(second)).status, 410)
  })

  test('an expired one lives again', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    await Registration.query().update({ expiresAt: LONG_AGO })
    await resend(visitor, EMAIL)
    assert.equal((await press(visitor, await mailedLink(EMAIL))).status, 303)
  })

  test("it is this browser's sign-up, and else the newest", async ({ assert }) => {
    const [mine, other] = [new Visitor(), new Visitor()]
    await signUp(mine, EMAIL, { name: '내 이름' })
    await signUp(other, EMAIL, { name: '남의 이름' })
    for (const [visitor, name] of [
      [mine, '내 이름'],
      [new Visitor(), '남의 이름'],
    ] as const) {
      await resend(visitor, EMAIL)
      assert.include((await visitor.get(await mailedLink(EMAIL))).words, name)
    }
  })

  test('the answer is the same for every address', async ({ assert }) => {
    await makeUser({ email: 'taken@example.com' })
    await signUp(new Visitor(), 'waiting@example.com')
    const answers = []
    for (const email of ['taken@example.com', 'waiting@example.com', 'unknown@example.com']) {
      const visitor = new Visitor()
      const sent = await resend(visitor, email)
      answers.push([comparable(sent), comparable(await visitor.get(sent.location))])
    }
    assert.deepEqual(answers[1], answers[0])
    assert.deepEqual(answers[2], answers[0])
    const templates = (await queuedMails()).map(({ template, to }) => `${template} ${to}`)
    assert.deepEqual(templates, [
      'confirm_registration waiting@example.com',
      'address_taken taken@example.com',
      'confirm_registration waiting@example.com',
    ])
  })

  test('five an hour, and then quietly none; the last link stays good', async ({ assert }) => {
    const visitor = new Visitor()
    await signUp(visitor, EMAIL)
    for (let count = 1; count <= 8; count++) {
      assert.equal((await resend(visitor, EMAIL)).status, 303)
    }
    assert.lengthOf(await OutgoingMail.all(), 5)
    assert.equal((await press(visitor, await mailedLink(EMAIL))).status, 303)
  })

  test('what is no address is refused beside the field', async ({ assert }) => {
    for (const email of ['', 'x', 'a\0@b.c', `${'x'.repeat(500)}@example.com`]) {
      const page = await resend(new Visitor(), email)
      assert.equal(page.status, 422)
      assert.isNotEmpty(page.complaint('email'))
    }
  })
})

test.group('Proving an address for an account', (group) => {
  group.each.setup(emptyDatabase)

  const NEW = 'new@example.com'
  const send = (user: User, email: string) => new SendEmailProof().handle(user, email)

  async function member(fields: Partial<User> = {}) {
    const user = await makeUser({ email: EMAIL, password: PASSWORD, ...fields })
    const visitor = new Visitor()
    await visitor.signIn(EMAIL, PASSWORD)
    return { user, visitor }
  }

  test('one press changes the address and tells the former one', async ({ assert }) => {
    const { user, visitor } = await member({ locale: 'en' })
    await forget(new Visitor(), EMAIL)
    await signUp(new Visitor(), NEW)
    await send(user, NEW)
    const link = await mailedLink(NEW)
    assert.equal(link.split('/')[2], user.publicId)

    const page = await visitor.get(link)
    assert.include(page.words, NEW)
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    assert.equal((await User.findOrFail(user.id)).email, EMAIL)

    assert.equal((await visitor.submit(page, link)).status, 303)
    assert.include((await visitor.get('/')).words, NEW)
    assert.equal((await User.findOrFail(user.id)).email, NEW)
    const told = await lastMailTo(EMAIL)
    assert.equal(told.template, 'email_changed')
    assert.equal(told.locale, 'en')

    assert.lengthOf(await AccountToken.all(), 0)
    assert.lengthOf(await Registration.all(), 0)
    assert.equal((await press(visitor, link)).status, 410)
    assert.equal((await new Visitor().signIn(NEW, PASSWORD)).status, 303)
  })

  test('signed out, one signs in first and comes back; nothing else is asked', async ({
    assert,
  }) => {
    const { user } = await member()
    await send(user, NEW)
    const link = await mailedLink(NEW)
    const visitor = new Visitor()
    const sent = await press(visitor, link)
    assert.equal(sent.location, '/user/login?next=%2Faccount%2Femail%2Flink')
    assert.equal((await User.findOrFail(user.id)).email, EMAIL)

    const login = await visitor.get(sent.location)
    const next = login.fieldValue('next')!
    const fields = { email: EMAIL, password: PASSWORD, next }
    const back = await visitor.submit(login, '/user/login', fields)
    assert.equal((await visitor.get(back.location)).location, link)
    assert.equal((await press(visitor, link)).status, 303)
    assert.equal((await User.findOrFail(user.id)).email, NEW)
  })

  test('somebody else who is signed in proves nothing', async ({ assert }) => {
    const { user } = await member()
    await makeUser({ email: 'other@example.com', password: PASSWORD })
    await send(user, NEW)
    const link = await mailedLink(NEW)
    const other = new Visitor()
    await other.signIn('other@example.com', PASSWORD)
    const page = await other.get(link)
    assert.include(page.alerts[0], t('verification.prove_other'))
    await other.submit(page, link)
    assert.lengthOf(await User.query().where('email', NEW), 0)
  })

  test('a person without an address gets the first one; nobody is told', async ({ assert }) => {
    const { user, visitor } = await member()
    await User.query().where('id', user.id).update({ email: null })
    await send(await User.findOrFail(user.id), NEW)
    assert.equal((await press(visitor, await mailedLink(NEW))).status, 303)
    assert.equal((await User.firstOrFail()).email, NEW)
    assert.lengthOf(await queuedMails(), 1)
  })

  test('a newer, an expired and a reset link void the one before', async ({ assert }) => {
    const { user, visitor } = await member()
    await send(user, NEW)
    const older = await mailedLink(NEW)
    await send(user, 'newer@example.com')
    assert.equal((await press(visitor, older)).status, 410)

    await forget(new Visitor(), EMAIL)
    await press(new Visitor(), await mailedLink(EMAIL), { password: 'quite another password' })
    await visitor.signIn(EMAIL, 'quite another password')
    assert.equal((await press(visitor, await mailedLink('newer@example.com'))).status, 410)

    await send(user, NEW)
    await AccountToken.query().update({ expiresAt: LONG_AGO })
    assert.equal((await press(visitor, await mailedLink(NEW))).status, 410)
    assert.equal((await User.firstOrFail()).email, EMAIL)
  })

  test('an address that is taken by then stays with who has it', async ({ assert }) => {
    const { user, visitor } = await member()
    await send(user, NEW)
    await makeUser({ email: NEW })
    const page = await press(visitor, await mailedLink(NEW))
    assert.equal(page.status, 409)
    assert.equal((await User.findOrFail(user.id)).email, EMAIL)
  })

  test('asking for the address of somebody else tells that person, not the asker', async ({
    assert,
  }) => {
    const { user } = await member()
    await makeUser({ email: NEW })
    await send(user, NEW)
    const [mail, ...more] = await queuedMails()
    assert.lengthOf(more, 0)
    assert.equal(mail.template, 'address_taken')
    assert.lengthOf(await AccountToken.all(), 0)

    await send(user, EMAIL)
    assert.lengthOf(await queuedMails(), 1)
  })

  test('two presses at once change it once', async ({ assert }) => {
    const { user, visitor } = await member()
    await send(user, NEW)
    const link = await mailedLink(NEW)
    const page = await visitor.get(link)
    const answers = await Promise.all([1, 2, 3].map(() => visitor.submit(page, link)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 410, 410])
    const told = (await queuedMails()).filter(({ template }) => template === 'email_changed')
    assert.lengthOf(told, 1)
  })

  test('two people who prove one address at once: one has it', async ({ assert }) => {
    const { user, visitor } = await member()
    await makeUser({ email: 'other@example.com', password: PASSWORD })
    const other = new Visitor()
    await other.signIn('other@example.com', PASSWORD)
    await send(user, NEW)
    const mine = await mailedLink(NEW)
    await send(await User.findByOrFail('email', 'other@example.com'), NEW)
    const others = await mailedLink(NEW)

    const answers = await Promise.all([press(visitor, mine), press(other, others)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409])
    assert.lengthOf(await User.query().where('email', NEW), 1)
  })

  test('one address gets five such mails an hour', async ({ assert }) => {
    const { user } = await member()
    for (let count = 1; count <= 8; count++) await send(user, NEW)
    assert.lengthOf(await OutgoingMail.all(), 5)
  })

  test('a suspended person proves nothing', async ({ assert }) => {
    const { user, visitor } = await member()
    await send(user, NEW)
    await User.query().update({ suspendedAt: LONG_AGO })
    assert.equal((await press(visitor, await mailedLink(NEW))).status, 410)
    assert.equal((await User.firstOrFail()).email, EMAIL)
  })
})
