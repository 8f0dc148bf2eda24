import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import AccountToken from '#models/account_token'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import {
  letProofsAge,
  linkTo,
  MEMBER,
  signedInMember,
  tripFrom,
  visitorOf,
} from '#tests/support/people/member'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { t } from '#tests/support/texts'
import {
  makeProvider,
  makeUser,
  signInWith,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

const PAGES = [
  '/account',
  '/account/name',
  '/account/email',
  '/account/password',
  '/account/sign_in_methods',
  '/account/devices',
  '/account/history',
  '/account/withdrawal',
  '/account/reauthenticate',
]

test.group('Account: the overview', (group) => {
  const world = withProviders(group)

  test('a visitor is led to the sign-in page and back to the page they wanted', async ({
    assert,
  }) => {
    for (const path of PAGES) {
      const page = await new Visitor().get(path)
      assert.equal(page.status, 303)
      assert.equal(page.location, `/user/login?next=${encodeURIComponent(path)}`)
    }
  })

  test('every page opens, in both languages, without a word that lacks its translation', async ({
    assert,
  }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    for (const language of ['ko', 'en']) {
      const user = await makeUser({ email: `${language}@example.com`, password: 'a long password' })
      await linkTo(user, kakao)
      const visitor = new Visitor({ language })
      await visitor.signIn(`${language}@example.com`, 'a long password')
      for (const path of PAGES) {
        const page = await visitor.get(path)
        assert.equal(page.status, 200, path)
        assert.notMatch(page.words, /translation missing|account\.\w+/, path)
        assert.notInclude(page.text, '@!', path)
        assert.equal(page.headers.get('cache-control'), 'no-store')
      }
    }
  })

  test("the header leads to the account, also when a person's name is unknown", async ({
    assert,
  }) => {
    const { visitor } = await signedInMember({ name: '' })
    const page = await visitor.get('/')
    assert.include(page.wordsOf('header a[href="/account"]'), t('common.account'))
  })

  test('no form is taken without its token', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    for (const path of [
      '/account/name',
      '/account/email',
      '/account/email/proof',
      '/account/password',
      '/account/password/remove',
      '/account/sign_in_methods/x/disconnect',
      '/account/reauthenticate',
      '/account/reauthenticate/code',
      '/account/reauthenticate/code/send',
      '/account/devices/sign_out',
      '/account/devices/x/sign_out',
      '/account/withdrawal',
      '/account/withdrawal/schedule',
      '/account/withdrawal/cancel',
    ]) {
      const answer = await visitor.post(path, { name: 'changed', understood: 'true' })
      assert.equal(answer.status, 403, path)
      assert.notEqual((await visitor.get(path)).status, 500)
    }
    await user.refresh()
    assert.equal(user.name, '김민준')
    assert.lengthOf(await queuedMails(), 0)
  })

  test('odd input is refused with a word beside the field, never a 500', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/name')
    for (const name of [
      '',
      '   ',
      '\u0000',
      'a'.repeat(51),
      'x\ny',
      '\ud800',
      'http://a.example',
    ]) {
      const answer = await visitor.submit(page, '/account/name', { name })
      assert.isBelow(answer.status, 500, JSON.stringify(name))
    }
    const list = `_csrf=${encodeURIComponent(page.csrf)}&name[]=a&name[]=b`
    const answer = await visitor.request('/account/name', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: list,
    })
    assert.equal(answer.status, 422)
    for (const path of ['/account/email', '/account/password', '/account/reauthenticate/code']) {
      for (const value of ['\u0000', 'a'.repeat(5_000), '{}']) {
        const fields = { email: value, password: value, currentPassword: value, code: value }
        assert.equal((await visitor.submit(page, path, fields)).status, 422, path)
      }
    }
  })
})

test.group('Account: name', (group) => {
  const world = withProviders(group)

  test('a name set here stays when a provider has another one', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const page = await visitor.get('/account/name')
    const answer = await visitor.submit(page, '/account/name', { name: '  대문지기 ' })
    assert.equal(answer.location, '/account')
    assert.include((await visitor.get('/account')).words, t('account.name.changed'))

    await signInWith(world.server, new Visitor(), 'kakao')
    assert.equal((await User.firstOrFail()).name, '대문지기')
  })

  test('a name with markup is shown as it was typed, and does nothing', async ({ assert }) => {
    const { visitor, user } = await signedInMember()
    await user.merge({ name: '<b>bold</b>' }).save()
    const page = await visitor.get('/account')
    assert.notInclude(page.text, '<b>bold</b>')
    assert.include(page.words, '<b>bold</b>')
  })
})

test.group('Account: e-mail', (group) => {
  const world = withProviders(group)

  test('a new address counts once it is confirmed; the old one is told', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const page = await visitor.get('/account/email')
    const answer = await visitor.submit(page, '/account/email', { email: 'New@Example.com' })
    assert.equal(answer.location, '/account')
    assert.include((await visitor.get('/account')).words, 'new@example.com')
    assert.equal((await User.findOrFail(user.id)).email, MEMBER)

    const mail = await lastMailTo('new@example.com')
    assert.equal(mail.template, 'prove_email')
    const link = mail.template === 'prove_email' ? mail.data.url : ''
    await visitor.submit(await visitor.get(link), new URL(link).pathname)
    assert.equal((await User.findOrFail(user.id)).email, 'new@example.com')
    assert.equal((await lastMailTo(MEMBER)).template, 'email_changed')
  })

  test('an address that has an account gets the same answer; its owner is told', async ({
    assert,
  }) => {
    await makeUser({ email: 'taken@example.com' })
    const { visitor } = await signedInMember()
    const answers = []
    for (const email of ['taken@example.com', 'never@example.com']) {
      const page = await visitor.get('/account/email')
      const answer = await visitor.submit(page, '/account/email', { email })
      const after = await visitor.get('/account')
      answers.push([
        answer.status,
        answer.location,
        answer.text,
        [...answer.headers.keys()].sort().join(),
        after.words.replace(email, '…'),
        after.status,
      ])
    }
    assert.deepEqual(answers[0], answers[1])
    assert.equal((await lastMailTo('taken@example.com')).template, 'address_taken')
    assert.equal((await lastMailTo('never@example.com')).template, 'prove_email')
  })

  test('an older link does not tell, by living on, that the next address was taken', async ({
    assert,
  }) => {
    await makeUser({ email: 'taken@example.com' })
    const { visitor } = await signedInMember()
    for (const email of ['mine@example.com', 'taken@example.com']) {
      await visitor.submit(await visitor.get('/account/email'), '/account/email', { email })
    }
    assert.lengthOf(await AccountToken.all(), 0)
  })

  test('the present address is no change, and asks for nothing', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/email')
    const answer = await visitor.submit(page, '/account/email', { email: ` ${MEMBER} ` })
    assert.equal(answer.status, 422)
    assert.lengthOf(await queuedMails(), 0)
  })

  test('a sign-in that is not recent is asked again, and nothing is changed', async ({
    assert,
  }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/email')
    await letProofsAge()
    const answer = await visitor.submit(page, '/account/email', { email: 'new@example.com' })
    assert.equal(answer.location, '/account/reauthenticate?next=%2Faccount%2Femail&unchanged=1')
    const asked = await visitor.get(answer.location)
    assert.include(asked.words, t('account.reauthenticate.unchanged'))
    assert.lengthOf(await queuedMails(), 0)
  })

  test('an address nobody vouches for is offered for confirming, and then is proved', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const page = await visitor.get('/account')
    assert.include(page.words, t('account.email.not_proved'))

    const identity = page.fieldValue('identity')!
    await visitor.submit(page, '/account/email/proof', { identity })
    const mail = await lastMailTo(MEMBER)
    const link = mail.template === 'prove_email' ? mail.data.url : ''
    await visitor.submit(await visitor.get(link), new URL(link).pathname)
    assert.equal((await User.firstOrFail()).email, MEMBER)
    assert.notInclude((await visitor.get('/account')).words, t('account.email.not_proved'))
  })

  for (const way of ['password', 'kakao'] as const) {
    test(`who opens the link signed out goes on with it after signing in by ${way}, and it is written down nowhere`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao')
      const { user, visitor } = await signedInMember()
      if (way === 'kakao') {
        await tripFrom(world.server, visitor, '/account/sign_in_methods', 'kakao', {
          intent: 'link',
        })
      }
      const address = 'new.address@example.com'
      await visitor.submit(await visitor.get('/account/email'), '/account/email', {
        email: address,
      })
      const mail = await lastMailTo(address)
      const link = new URL(mail.template === 'prove_email' ? mail.data.url : '').pathname
      const token = link.split('/').at(-1)!
      await visitor.submit(await visitor.get('/'), '/user/logout')

      const asked = await visitor.submit(await visitor.get(link), link)
      assert.match(asked.location, /^\/user\/login\?/)
      assert.notInclude(asked.location, token)
      const signIn = await visitor.get(asked.location)
      const next = signIn.fieldValue('next')!
      let back: Page
      if (way === 'password') {
        const fields = { email: MEMBER, password: 'seven quiet herons at dawn', next }
        back = await visitor.submit(signIn, '/user/login', fields)
      } else {
        const callback = await startAndConsent(world.server, visitor, 'kakao', { next })
        for (const attempt of await SignInAttempt.all()) {
          assert.notInclude(JSON.stringify(attempt.$attributes), token)
        }
        back = await visitor.get(callback)
      }
      const page = await visitor.get(back.location)
      assert.equal(page.location, link)
      await visitor.submit(await visitor.get(page.location), link)
      await user.refresh()
      assert.equal(user.email, address)
    })
  }

  test('without such a link, the way back leads to the address', async ({ assert }) => {
    const { visitor } = await signedInMember()
    for (const value of [
      undefined,
      '',
      'x',
      '../../admin.x',
      `${'a'.repeat(22)}.${'b'.repeat(44)}`,
    ]) {
      if (value !== undefined) visitor.cookies.set(cookieName('email-link'), value)
      assert.equal((await visitor.get('/account/email/link')).location, '/account/email')
    }
  })

  test("nobody asks to confirm the address of somebody else's identity", async ({ assert }) => {
    const naver = await makeProvider(world.server, 'naver')
    const other = await makeUser()
    const { publicId } = await linkTo(other, naver, { email: 'other@example.com' })
    const { user, visitor } = await signedInMember()
    await user.merge({ email: null }).save()
    const page = await visitor.get('/account')
    const answer = await visitor.submit(page, '/account/email/proof', { identity: publicId })
    assert.equal(answer.status, 404)
    assert.lengthOf(await queuedMails(), 0)
    assert.isNotNull(await Identity.findBy('publicId', publicId))
  })

  test('a link for a new address is void after a password change', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await visitor.submit(await visitor.get('/account/email'), '/account/email', {
      email: 'attacker@example.com',
    })
    const owner = await visitorOf(user)
    await owner.submit(await owner.get('/account/password'), '/account/password', {
      currentPassword: 'seven quiet herons at dawn',
      password: 'eleven noisy crows at dusk',
    })
    const mail = await lastMailTo('attacker@example.com')
    const link = mail.template === 'prove_email' ? mail.data.url : ''
    const page = await owner.get(link)
    await owner.submit(page, new URL(link).pathname)
    assert.equal((await User.findOrFail(user.id)).email, MEMBER)
  })
})
