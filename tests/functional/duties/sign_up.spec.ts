import { test } from '@japa/runner'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import Registration from '#models/registration'
import Revocation from '#models/revocation'
import User from '#models/user'
import { now } from '#time/clock'
import { mailedLink, PASSWORD, press, signUp } from '#tests/support/people/sign_up'
import {
  aDocument,
  agreedBy,
  allOf,
  askForAge,
  boxesOf,
  change,
  renew,
} from '#tests/support/sites/documents'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

const FORM = '/user/create'
const ASKED = '/user/login/complete'
const PROFILE = { email: 'new@example.com', name: '김새롬', password: PASSWORD }

/** Sends a form with these boxes ticked. */
async function send(visitor: Visitor, page: Page, path: string, fields: [string, string][]) {
  const body = new URLSearchParams([['_csrf', page.csrf], ...fields])
  return visitor.request(path, { method: 'POST', body })
}

const agree = (versions: string[]) => versions.map((one) => ['agree[]', one] as [string, string])

test.group('Agreeing to sign up by e-mail', (group) => {
  withProviders(group)

  const typed = Object.entries(PROFILE)

  async function confirmed(visitor: Visitor) {
    await press(visitor, await mailedLink(PROFILE.email))
    return User.findByOrFail('email', PROFILE.email)
  }

  test('the boxes are shown; what was ticked is kept with the member, and they are in', async ({
    assert,
  }) => {
    await aDocument('terms')
    await aDocument('marketing', { required: false })
    await aDocument('privacy')
    const visitor = new Visitor()
    const page = await visitor.get(FORM)
    const { terms, marketing, privacy } = await boxesOf(page)

    for (const ticked of [[], [terms], [terms, marketing], [privacy, 'nonsense']]) {
      const refused = await send(visitor, page, FORM, [...typed, ...agree(ticked)])
      assert.equal(refused.status, 422)
      assert.isNotEmpty(refused.complaint('agree'))
      assert.equal(refused.fieldValue('email'), PROFILE.email)
    }
    assert.isEmpty(await Registration.all())

    await send(visitor, page, FORM, [...typed, ...agree([terms, privacy, privacy])])
    const user = await confirmed(visitor)
    assert.isTrue(await visitor.isSignedIn())
    assert.deepEqual(await agreedBy(user.id), ['terms 1 sign_up', 'privacy 1 sign_up'])
  })

  test('one button agrees to all, also without a script', async ({ assert }) => {
    await aDocument('terms')
    await aDocument('marketing', { required: false })
    await askForAge()
    const visitor = new Visitor()
    const page = await visitor.get(FORM)
    await visitor.submit(page, FORM, { ...PROFILE, ...allOf(page) })
    const user = await confirmed(visitor)
    assert.deepEqual(await agreedBy(user.id), ['terms 1 sign_up', 'marketing 1 sign_up'])
    assert.isNotNull(user.ofAgeAt)
  })

  test('somebody who does not say that they are 14 leaves nothing behind', async ({ assert }) => {
    await askForAge()
    const visitor = new Visitor()
    for (const ofAge of ['', 'false', 'no']) {
      const page = await signUp(visitor, PROFILE.email, { ofAge })
      assert.equal(page.complaint('ofAge'), t('duties.problems.age'))
    }
    assert.isEmpty(await Registration.all())
    await signUp(visitor, PROFILE.email, { ofAge: 'true' })
    assert.isNotNull((await confirmed(visitor)).ofAgeAt)
  })

  test('what is replaced, switched off or made required on the way is asked as it is by then', async ({
    assert,
  }) => {
    const terms = await aDocument('terms')
    const privacy = await aDocument('privacy')
    const marketing = await aDocument('marketing', { required: false })
    const visitor = new Visitor()
    const opened = await visitor.get(FORM)
    await renew(terms)
    await change(privacy, { enabled: false })
    const late = await visitor.submit(opened, FORM, { ...PROFILE, ...allOf(opened) })
    assert.equal(late.status, 422)
    assert.equal(late.complaint('agree'), t('duties.problems.outdated'))
    assert.onlyProperties(await boxesOf(late), ['terms', 'marketing'])

    /* Agreed to what was asked then; more is asked before the mailed link is pressed. */
    const { terms: version } = await boxesOf(late)
    await send(visitor, late, FORM, [...typed, ...agree([version])])
    await change(marketing, { required: true })
    const pressed = await press(visitor, await mailedLink(PROFILE.email))
    assert.equal(pressed.location, '/user/login/agreements')
    assert.isFalse(await visitor.isSignedIn())
    const page = await visitor.get(pressed.location)
    assert.onlyProperties(await boxesOf(page), ['marketing'])
    await visitor.submit(page, pressed.location, allOf(page))
    assert.isTrue(await visitor.isSignedIn())
  })
})

test.group('Agreeing at the first sign-in by a provider', (group) => {
  const world = withProviders(group)

  for (const driver of ['kakao', 'naver'] as const) {
    test(`${driver}: nobody is a member before; who agrees is in, and comes again unasked`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver, { label: '서비스' })
      await aDocument('terms')
      await aDocument('marketing', { required: false })
      const visitor = new Visitor()
      const back = await signInWith(world.server, visitor, driver, { next: '/article/create' })
      assert.equal(back.location, ASKED)
      const page = await visitor.get(ASKED)
      const { terms, marketing } = await boxesOf(page)

      assert.equal((await visitor.submit(page, ASKED)).status, 422)
      assert.equal((await send(visitor, page, ASKED, agree([marketing]))).status, 422)
      assert.isEmpty(await User.all())

      const agreed = await send(visitor, page, ASKED, agree([terms]))
      assert.equal(agreed.location, '/article/create')
      assert.isTrue(await visitor.isSignedIn())
      const user = await User.firstOrFail()
      assert.deepEqual(await agreedBy(user.id), ['terms 1 provider'])
      assert.isEmpty(await Revocation.all())

      const again = new Visitor()
      await signInWith(world.server, again, driver)
      assert.isTrue(await again.isSignedIn())

      /* A second press of the same button. */
      await send(visitor, page, ASKED, agree([terms]))
      assert.lengthOf(await agreedBy(user.id), 1)
    })
  }

  for (const because of ['', 'age']) {
    test(`who declines${because && ', being under 14,'} is no member, and the link is ended`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao')
      await aDocument('terms')
      await askForAge()
      const visitor = new Visitor()
      await signInWith(world.server, visitor, 'kakao')
      const page = await visitor.get(ASKED)
      const cancel = '/user/login/prove/cancel'
      const declined = await visitor.submit(page, cancel, { because })
      const said = t(because ? 'duties.under_age' : 'duties.not_signed_up')
      assert.include((await visitor.visit(declined.location)).words, said)

      assert.isFalse(await visitor.isSignedIn())
      assert.isEmpty([...(await User.all()), ...(await Identity.all())])
      assert.isEmpty(await PendingIdentity.all())
      const revocation = await Revocation.firstOrFail()
      assert.isTrue(revocation.nextAt <= now())
      assert.include((await visitor.submit(page, ASKED, allOf(page))).location, 'proof_gone')
      assert.isEmpty(await User.all())
    })
  }

  test('what changes while the page is open is asked as it is by then', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const terms = await aDocument('terms')
    const privacy = await aDocument('privacy')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const opened = await visitor.get(ASKED)
    await renew(terms)
    const late = await visitor.submit(opened, ASKED, allOf(opened))
    assert.equal(late.complaint('agree'), t('duties.problems.outdated'))
    await change(terms, { enabled: false })
    await change(privacy, { required: false })
    const agreed = await visitor.submit(late, ASKED)
    assert.equal(agreed.status, 303)
    assert.isTrue(await visitor.isSignedIn())
    assert.isEmpty(await agreedBy((await User.firstOrFail()).id))
  })

  test('it is one form with what the provider lacks, whether or not the address is known', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao', { requiredFields: ['email'] })
    await aDocument('terms')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao', { person: 'haneul' })
    const page = await visitor.get(ASKED)
    const refused = await visitor.submit(page, ASKED, { email: PROFILE.email })
    assert.isNotEmpty(refused.complaint('agree'))
    assert.isEmpty(refused.complaint('email'))
    await visitor.submit(refused, ASKED, { email: PROFILE.email, ...allOf(refused) })
    assert.isTrue((await visitor.get(ASKED)).has('input[name=code]'))
    assert.onlyProperties(await boxesOf(await visitor.get(`${ASKED}?again`)), ['terms'])
  })

  test('nobody is asked while nothing is required', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await aDocument('marketing', { required: false })
    await change(await aDocument('terms'), { enabled: false })
    const visitor = new Visitor()
    const back = await signInWith(world.server, visitor, 'kakao', { next: '/article/create' })
    assert.equal(back.location, '/article/create')
    assert.isTrue(await visitor.isSignedIn())
  })
})
