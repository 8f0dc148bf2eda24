import { test } from '@japa/runner'
import AccountToken from '#models/account_token'
import Identity from '#models/identity'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { letProofsAge, tripFrom } from '#tests/support/people/member'
import { queuedMails } from '#tests/support/mails'
import { groupInBothWays } from '#tests/support/sites/from_site'
import { forget, press, signUp } from '#tests/support/people/sign_up'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import {
  attackersNaver,
  attackersSignUp,
  ATTACKERS_PASSWORD,
  attackWithSignUp,
  isInVictimsAccount,
  linkTo,
  mark,
  VICTIM,
  VICTIMS_PASSWORD,
} from '#tests/support/people/victim'
import { Visitor } from '#tests/support/visitor'

const NEW_PASSWORD = 'eleven noisy crows at dusk'
const ATTACKERS_MAIL = 'attacker@example.com'
const METHODS = '/account/sign_in_methods'

/** The account exists; the attacker knew its password once and is signed in with it. */
async function borrowedAccount() {
  const user = await makeUser({ email: VICTIM, password: VICTIMS_PASSWORD })
  const [owner, attacker] = [new Visitor(), new Visitor()]
  await owner.signIn(VICTIM, VICTIMS_PASSWORD)
  await mark(owner)
  await attacker.signIn(VICTIM, VICTIMS_PASSWORD)
  return { user, owner, attacker }
}

/** The owner gets the account back by the link in a mail. */
async function recover(choices: Record<string, string> = {}) {
  const password = NEW_PASSWORD
  const owner = new Visitor()
  await forget(owner, VICTIM)
  await press(owner, await linkTo(VICTIM), { password, ...choices })
  await owner.signIn(VICTIM, password)
  return owner
}

function changePassword(visitor: Visitor) {
  return visitor.get('/account/password').then((page) =>
    visitor.submit(page, '/account/password', {
      currentPassword: VICTIMS_PASSWORD,
      password: NEW_PASSWORD,
    })
  )
}

const mailsTo = async (email: string) =>
  (await queuedMails()).filter(({ to }) => to === email).map(({ template }) => template)

groupInBothWays(
  'Pre-hijacking, classic-federated merge: an attacker signs up first with the address of a victim',
  (group) => {
    const world = withProviders(group)

    test('and waits for the victim to come by Kakao: password and link open nothing', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao')
      const attacker = new Visitor()
      const link = await attackersSignUp(attacker)

      const victim = new Visitor()
      await signInWith(world.server, victim, 'kakao')
      await mark(victim)
      assert.equal((await User.firstOrFail()).email, VICTIM)

      for (const one of await attackWithSignUp(attacker, link)) {
        assert.isFalse(await isInVictimsAccount(one))
        assert.isFalse(await one.isSignedIn())
      }
      assert.isNull((await User.firstOrFail()).password)
      assert.lengthOf(await User.all(), 1)
      assert.isTrue(await isInVictimsAccount(victim))
    })

    test('and asks for another mail once the victim is there: nothing is sent to press', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao')
      const attacker = new Visitor()
      const link = await attackersSignUp(attacker)
      const victim = new Visitor()
      await signInWith(world.server, victim, 'kakao')
      await mark(victim)

      const before = (await mailsTo(VICTIM)).filter((one) => one === 'confirm_registration').length
      const page = await attacker.get('/user/resend_verify_email')
      await attacker.submit(page, '/user/resend_verify_email', { email: VICTIM })
      await signUp(attacker, VICTIM, { password: ATTACKERS_PASSWORD })
      const after = (await mailsTo(VICTIM)).filter((one) => one === 'confirm_registration').length
      assert.equal(after, before)
      for (const one of await attackWithSignUp(attacker, link)) {
        assert.isFalse(await one.isSignedIn())
      }
    })
  }
)

groupInBothWays(
  'Pre-hijacking, unexpired session: an attacker keeps a session open in the account',
  (group) => {
    const world = withProviders(group)

    test('until the owner changes the password', async ({ assert }) => {
      const { owner, attacker } = await borrowedAccount()
      assert.isTrue(await isInVictimsAccount(attacker))
      await changePassword(owner)
      assert.isFalse(await attacker.isSignedIn())
      assert.isFalse(await isInVictimsAccount(attacker))
      assert.isTrue(await isInVictimsAccount(owner))
    })

    test('until the owner resets the password, remembered for 30 days or not', async ({
      assert,
    }) => {
      const { attacker } = await borrowedAccount()
      const remembered = new Visitor()
      const page = await remembered.get('/user/login')
      await remembered.submit(page, '/user/login', {
        email: VICTIM,
        password: VICTIMS_PASSWORD,
        remember: 'true',
      })
      assert.isTrue(await isInVictimsAccount(remembered))

      const owner = await recover()
      for (const one of [attacker, remembered]) assert.isFalse(await one.isSignedIn())
      assert.isTrue(await isInVictimsAccount(owner))
    })

    test('that came through a provider: a reset ends it as well', async ({ assert }) => {
      await makeProvider(world.server, 'kakao')
      const { owner } = await borrowedAccount()
      const attacker = new Visitor()
      await signInWith(world.server, attacker, 'kakao')
      assert.isTrue(await isInVictimsAccount(attacker))
      await recover()
      assert.isFalse(await attacker.isSignedIn())
      assert.isFalse(await owner.isSignedIn())
    })

    test('with a copy of the cookie that the owner has: a change renews that one too', async ({
      assert,
    }) => {
      const { owner } = await borrowedAccount()
      const thief = new Visitor()
      for (const [name, value] of owner.cookies) thief.cookies.set(name, value)
      assert.isTrue(await isInVictimsAccount(thief))
      await changePassword(owner)
      assert.isFalse(await thief.isSignedIn())
      assert.isTrue(await owner.isSignedIn())
    })

    test('and is seen on the page of devices, where the owner ends it', async ({ assert }) => {
      const { owner, attacker } = await borrowedAccount()
      const devices = '.methods__row'
      const page = await owner.get('/account/devices')
      assert.lengthOf(page.wordsOf(devices), 2)
      await owner.submit(page, '/account/devices/sign_out', { which: 'others' })
      assert.isFalse(await attacker.isSignedIn())
      assert.isTrue(await owner.isSignedIn())
      assert.lengthOf((await owner.get('/account/devices')).wordsOf(devices), 1)
    })
  }
)

groupInBothWays(
  'Pre-hijacking, trojan identifier: an attacker leaves a sign-in method of their own behind',
  (group) => {
    const world = withProviders(group)

    /** Signed in for a moment, the attacker connects their own Naver account. */
    async function planted() {
      await makeProvider(world.server, 'naver')
      const account = await borrowedAccount()
      await tripFrom(world.server, account.attacker, METHODS, 'naver', {
        intent: 'link',
        person: 'seoyeon',
      })
      return account
    }

    const comeByNaver = async () => {
      const visitor = new Visitor()
      await signInWith(world.server, visitor, 'naver', { person: 'seoyeon' })
      return visitor
    }

    test('unseen: the owner gets a mail, sees it listed, removes it, and it opens nothing', async ({
      assert,
    }) => {
      const { user, owner, attacker } = await planted()
      assert.include(await mailsTo(VICTIM), 'identity_linked')
      const planter = await comeByNaver()
      assert.isTrue(await isInVictimsAccount(planter))

      const page = await owner.get(METHODS)
      assert.include(page.words, 'seoyeon@example.com')
      const [action] = page.valuesOf('[action$="/disconnect"]', 'action')
      await owner.submit(page, action)

      assert.isFalse(await planter.isSignedIn())
      assert.lengthOf(await Identity.query().where('userId', user.id), 0)
      assert.isFalse(await isInVictimsAccount(await comeByNaver()))

      /* The password it came by is another matter, which a change settles. */
      await changePassword(owner)
      assert.isFalse(await attacker.isSignedIn())
    })

    test('and a reset ends the sessions that came through it; what is left is listed', async ({
      assert,
    }) => {
      await planted()
      const planter = await comeByNaver()
      const owner = await recover()
      assert.isFalse(await planter.isSignedIn())
      const page = await owner.get(METHODS)
      assert.include(page.words, 'seoyeon@example.com')
      const [action] = page.valuesOf('[action$="/disconnect"]', 'action')
      await owner.submit(page, action)
      assert.isFalse(await isInVictimsAccount(await comeByNaver()))
    })

    test('and the owner disconnects it together with the reset', async ({ assert }) => {
      const { user } = await planted()
      await recover({ disconnectAll: 'true' })
      assert.lengthOf(await Identity.query().where('userId', user.id), 0)
      assert.isFalse(await isInVictimsAccount(await comeByNaver()))
    })

    test('with a session that is not fresh: it is refused', async ({ assert }) => {
      await makeProvider(world.server, 'naver')
      const { user, attacker } = await borrowedAccount()
      const page = await attacker.get(METHODS)
      await letProofsAge()
      const answer = await attacker.submit(page, '/user/login/social/naver', { intent: 'link' })
      assert.include(answer.location, '/account/reauthenticate')
      assert.lengthOf(await Identity.query().where('userId', user.id), 0)
    })

    test('by starting the trip, and coming back once a reset has ended the session', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const { user, attacker } = await borrowedAccount()
      const page = await attacker.get(METHODS)
      const started = await attacker.submit(page, '/user/login/social/naver', { intent: 'link' })
      const callback = await world.server.consent(started.location, { person: 'seoyeon' })
      await recover()
      assert.include((await attacker.get(callback)).location, 'failure=person_changed')
      assert.lengthOf(await Identity.query().where('userId', user.id), 0)
      assert.isFalse(await isInVictimsAccount(await comeByNaver()))
    })
  }
)

groupInBothWays(
  'Pre-hijacking, unexpired change of address: an attacker keeps the link of a change of address',
  (group) => {
    group.each.setup(() => emptyDatabase())

    /** Signed in for a moment, the attacker asks for their own address and keeps the link. */
    async function keptLink() {
      const account = await borrowedAccount()
      const page = await account.attacker.get('/account/email')
      await account.attacker.submit(page, '/account/email', { email: ATTACKERS_MAIL })
      return { ...account, link: await linkTo(ATTACKERS_MAIL) }
    }

    const emailNow = async () => (await User.firstOrFail()).email

    test('which works while nothing has happened, and tells the owner', async ({ assert }) => {
      const { attacker, link } = await keptLink()
      await press(attacker, link)
      assert.equal(await emailNow(), ATTACKERS_MAIL)
      assert.include(await mailsTo(VICTIM), 'email_changed')
    })

    test('past a password change', async ({ assert }) => {
      const { owner, attacker, link } = await keptLink()
      await changePassword(owner)
      for (const one of [attacker, new Visitor(), owner]) {
        assert.equal((await press(one, link)).status, 410)
      }
      assert.equal(await emailNow(), VICTIM)
      assert.lengthOf(await AccountToken.all(), 0)
    })

    test('past a reset', async ({ assert }) => {
      const { attacker, link } = await keptLink()
      const owner = await recover()
      for (const one of [attacker, new Visitor(), owner]) {
        assert.equal((await press(one, link)).status, 410)
      }
      assert.equal(await emailNow(), VICTIM)
    })

    test('past a change of address by the owner', async ({ assert }) => {
      const { owner, attacker, link } = await keptLink()
      const page = await owner.get('/account/email')
      await owner.submit(page, '/account/email', { email: 'my-new-one@example.com' })
      await press(owner, await linkTo('my-new-one@example.com'))
      assert.equal((await press(attacker, link)).status, 410)
      assert.equal(await emailNow(), 'my-new-one@example.com')
    })

    test('past its 24 hours', async ({ assert }) => {
      const { attacker, link } = await keptLink()
      await AccountToken.query().update({ expiresAt: sqlTime(now().minus({ seconds: 1 })) })
      assert.equal((await press(attacker, link)).status, 410)
      assert.equal(await emailNow(), VICTIM)
    })

    test('and presses it signed out, or in an account of their own', async ({ assert }) => {
      const { attacker, link } = await keptLink()
      await makeUser({ email: 'evil@example.com', password: ATTACKERS_PASSWORD })
      const stranger = new Visitor()
      assert.include((await press(stranger, link)).location, '/user/login?next=')
      await stranger.signIn('evil@example.com', ATTACKERS_PASSWORD)
      await press(stranger, link)
      const page = await attacker.get('/')
      await attacker.submit(page, '/user/logout')
      await press(attacker, link)
      assert.lengthOf(await User.query().where('email', ATTACKERS_MAIL), 0)
    })

    test('after asking for a reset of their own: that link goes to the owner alone', async ({
      assert,
    }) => {
      const { attacker, link } = await keptLink()
      await forget(attacker, ATTACKERS_MAIL)
      assert.notInclude(await mailsTo(ATTACKERS_MAIL), 'reset_password')
      await forget(attacker, VICTIM)
      const reset = await linkTo(VICTIM)
      await press(attacker, link)
      assert.equal((await press(attacker, reset, { password: NEW_PASSWORD })).status, 410)
    })
  }
)

groupInBothWays(
  "Pre-hijacking, non-verifying provider: an attacker's Naver account shows the victim's address",
  (group) => {
    const world = withProviders(group)

    test('and the victim has an account: it waits for a proof and opens nothing', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const { user } = await borrowedAccount()
      const attacker = new Visitor()
      assert.equal((await attackersNaver(world.server, attacker)).location, '/user/login/prove')
      for (const password of [ATTACKERS_PASSWORD, '', 'guess']) {
        await attacker.submit(await attacker.get('/user/login/prove'), '/user/login/prove', {
          password,
        })
      }
      assert.isFalse(await attacker.isSignedIn())
      assert.lengthOf(await Identity.query().where('userId', user.id), 0)
      assert.notInclude(await mailsTo(VICTIM), 'identity_linked')
    })

    test('and comes first: it claims nothing, so the victim gets the address', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao')
      await makeProvider(world.server, 'naver')
      const attacker = new Visitor()
      await attackersNaver(world.server, attacker)
      assert.isTrue(await attacker.isSignedIn())
      assert.isNull((await User.firstOrFail()).email)

      const victim = new Visitor()
      await signInWith(world.server, victim, 'kakao')
      await mark(victim)
      assert.lengthOf(await User.all(), 2)
      const again = new Visitor()
      await attackersNaver(world.server, again)
      for (const one of [attacker, again]) {
        assert.isTrue(await one.isSignedIn())
        assert.isFalse(await isInVictimsAccount(one))
      }
    })

    test('and has our server mail a confirmation: pressed by the victim it joins nothing', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const attacker = new Visitor()
      await attackersNaver(world.server, attacker)
      const page = await attacker.get('/account')
      await attacker.submit(page, '/account/email/proof', {
        identity: page.fieldValue('identity')!,
      })
      const link = await linkTo(VICTIM)

      const { owner } = await borrowedAccount()
      for (const one of [owner, new Visitor()]) await press(one, link)
      assert.equal(
        (await User.query().where('email', VICTIM).firstOrFail()).id,
        (await ownerOf())!.id
      )
      assert.isFalse(await isInVictimsAccount(attacker))
      assert.isTrue(await isInVictimsAccount(owner))
    })

    test('also where an administrator has made Kakao of the kind that vouches for nothing', async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao', { emailPolicy: 'never' })
      const { user } = await borrowedAccount()
      const attacker = new Visitor()
      const answer = await signInWith(world.server, attacker, 'kakao')
      assert.equal(answer.location, '/user/login/prove')
      assert.lengthOf(await Identity.query().where('userId', user.id), 0)
    })

    const ownerOf = () => User.query().whereNotNull('password').first()
  }
)
