import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import env from '#start/env'
import SignInAttempt from '#models/sign_in_attempt'
import { mostOf } from '#limits/limits'
import { countedKeys, letLimitsPass, multiplyLimits } from '#tests/support/limits'
import { lastMailTo } from '#tests/support/mails'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

const MOST = mostOf('password_by_account')

/** Wrong passwords for one address, each from a browser of its own. */
async function guess(email: string, times = MOST, password = 'not the password'): Promise<Page> {
  let last!: Page
  for (let time = 0; time < times; time++) last = await new Visitor().signIn(email, password)
  return last
}

/** A browser in which the owner has signed in and out again. */
async function usualBrowser(email = MEMBER, password = MEMBER_PASSWORD) {
  const visitor = new Visitor()
  await visitor.signIn(email, password)
  await visitor.submit(await visitor.get('/'), '/user/logout')
  return visitor
}

const knownCookie = (visitor: Visitor) => visitor.cookies.get(cookieName('known'))!

test.group('Limits: guessing a password', (group) => {
  const world = withProviders(group)

  test('after ten wrong ones a stranger is told to wait, whatever comes next', async ({
    assert,
  }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    assert.equal((await guess(MEMBER)).status, 422)

    const refused = await new Visitor().signIn(MEMBER, MEMBER_PASSWORD)
    assert.equal(refused.status, 429)
    assert.lengthOf(refused.alerts, 1)
    const seconds = Number(refused.headers.get('retry-after'))
    assert.isAbove(seconds, 14 * 60)
    assert.isAtMost(seconds, 15 * 60)
    assert.include(refused.alerts[0], t('errors.too_many.when', { when: '15분 후' }))
    assert.include(refused.links, '/user/login')
    assert.equal(refused.headers.get('cache-control'), 'no-store')

    /* No password was looked at for it, and no line written. */
    assert.lengthOf(await SignInAttempt.all(), MOST)
    assert.isFalse(await new Visitor().isSignedIn())

    const english = await new Visitor({ language: 'en' }).signIn(MEMBER, 'x')
    const when = 'in 15 minutes'
    assert.include(english.alerts[0], t('errors.too_many.when', { when }, 'en'))
  })

  test('an address without an account is refused at the same try, with the same page', async ({
    assert,
  }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    await makeUser({ email: 'social@example.com', password: null })
    const seen: Page[] = []
    for (const email of [MEMBER, 'social@example.com', 'nobody@example.com']) {
      await letLimitsPass('password_by_address')
      assert.equal((await guess(email)).status, 422)
      seen.push(await guess(email, 1))
    }
    for (const { status, text, headers } of seen) {
      assert.equal(status, 429)
      assert.equal(text, seen[0].text)
      assert.deepEqual([...headers.keys()], [...seen[0].headers.keys()])
    }
  })

  test('the address written in another way is the same account', async ({ assert }) => {
    await guess(MEMBER, MOST - 1)
    assert.equal((await guess(` ${MEMBER.toUpperCase()} `, 1)).status, 422)
    assert.equal((await guess(MEMBER, 1)).status, 429)
    assert.equal((await guess('another@example.com', 1)).status, 422)
  })

  test('what is no address is counted too, each text for itself', async ({ assert }) => {
    assert.equal((await guess('no address', MOST)).status, 422)
    assert.equal((await guess('no address', 1)).status, 429)
    assert.equal((await guess('another text', 1)).status, 422)
  })

  test('a hundred a day are the most, however patient', async ({ assert }) => {
    const most = mostOf('password_by_account_daily')
    for (let sent = 0; sent < most; sent += MOST) {
      assert.equal((await guess(MEMBER)).status, 422)
      await letLimitsPass('password_by_account')
      await letLimitsPass('password_by_address')
    }
    const refused = await guess(MEMBER, 1)
    assert.equal(refused.status, 429)
    assert.include(refused.alerts[0], t('errors.too_many.when', { when: '24시간 후' }))
  })

  test('the owner comes in from a browser where they signed in before', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const owner = await usualBrowser()
    await guess(MEMBER, MOST + 1)

    assert.equal((await owner.signIn(MEMBER, 'a slip of the finger')).status, 422)
    assert.equal((await owner.signIn(MEMBER, MEMBER_PASSWORD)).status, 303)
    assert.isTrue(await owner.isSignedIn())
  })

  test('so does who shares a network with the guesser', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const owner = await usualBrowser()
    const others = mostOf('password_by_address')
    for (let sent = 0; sent < others; sent += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, at) => guess(`person${sent + at}@example.com`, 1))
      )
    }
    assert.equal((await guess('one.more@example.com', 1)).status, 429)
    assert.equal((await owner.signIn(MEMBER, MEMBER_PASSWORD)).status, 303)
  }).setup(() => multiplyLimits(0.1))

  test('the owner comes in with Kakao, and that browser is known from then on', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    await guess(MEMBER, MOST + 1)

    const owner = new Visitor()
    assert.equal((await owner.signIn(MEMBER, MEMBER_PASSWORD)).status, 429)
    await signInWith(world.server, owner, 'kakao')
    assert.isTrue(await owner.isSignedIn())
    await owner.submit(await owner.get('/'), '/user/logout')
    assert.equal((await owner.signIn(MEMBER, MEMBER_PASSWORD)).status, 303)
  })

  test('the owner comes in after a reset, in a browser of any kind', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    await guess(MEMBER, MOST + 1)

    const owner = new Visitor()
    await owner.submit(await owner.get('/user/password/forgot'), '/user/password/forgot', {
      email: MEMBER,
    })
    const { data } = await lastMailTo(MEMBER)
    const path = 'url' in data ? new URL(data.url).pathname : ''
    const password = 'nine patient cranes at dusk'
    const fields = { password, passwordConfirmation: password }
    assert.equal((await owner.submit(await owner.get(path), path, fields)).status, 303)
    assert.equal((await owner.signIn(MEMBER, password)).status, 303)
  })

  test('a known browser may be wrong ten times as well, and no more', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const thief = await usualBrowser()
    for (let time = 0; time < mostOf('password_by_known_browser'); time++) {
      assert.equal((await thief.signIn(MEMBER, 'not the password')).status, 422)
    }
    assert.equal((await thief.signIn(MEMBER, MEMBER_PASSWORD)).status, 429)
    /* The tries of others are still there. */
    assert.equal((await guess(MEMBER, 1)).status, 422)
  })

  test('many known browsers have few more tries than one', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const browsers = await Promise.all(Array.from({ length: 5 }, () => usualBrowser()))
    const tries = mostOf('password_by_known_browsers') - browsers.length
    let passed = 0
    for (let time = 0; time < mostOf('password_by_known_browser') - 1; time++) {
      for (const browser of browsers) {
        if ((await browser.signIn(MEMBER, 'not the password')).status === 422) passed++
      }
    }
    assert.isAtMost(passed, mostOf('password_by_known_browsers'))
    assert.isAtLeast(passed, tries)
    for (const browser of browsers) {
      assert.equal((await browser.signIn(MEMBER, MEMBER_PASSWORD)).status, 429)
    }
  })

  for (const [what, act] of [
    [
      'the owner signs out everywhere else',
      async (owner: Visitor) => {
        const page = await owner.get('/account/devices')
        await owner.submit(page, '/account/devices/sign_out', { which: 'others' })
      },
    ],
    [
      'the owner changes the password',
      async (owner: Visitor) => {
        await owner.submit(await owner.get('/account/password'), '/account/password', {
          currentPassword: MEMBER_PASSWORD,
          password: MEMBER_PASSWORD.toUpperCase(),
        })
      },
    ],
  ] as const) {
    test(`once ${what}, other browsers are strangers, and this one is known`, async ({
      assert,
    }) => {
      await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
      const guest = await usualBrowser()
      const owner = new Visitor()
      await owner.signIn(MEMBER, MEMBER_PASSWORD)
      await act(owner)
      await guess(MEMBER, MOST)

      assert.equal((await guest.signIn(MEMBER, MEMBER_PASSWORD)).status, 429)
      await owner.submit(await owner.get('/'), '/user/logout')
      assert.equal((await owner.signIn(MEMBER, 'not the password')).status, 422)
    })
  }

  test('after a reset only the browser of the reset is known', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const guest = await usualBrowser()
    const owner = await usualBrowser()
    await owner.submit(await owner.get('/user/password/forgot'), '/user/password/forgot', {
      email: MEMBER,
    })
    const { data } = await lastMailTo(MEMBER)
    const path = 'url' in data ? new URL(data.url).pathname : ''
    const password = 'nine patient cranes at dusk'
    await owner.submit(await owner.get(path), path, { password, passwordConfirmation: password })
    await guess(MEMBER, MOST)
    assert.equal((await guest.signIn(MEMBER, password)).status, 429)
    assert.equal((await owner.signIn(MEMBER, password)).status, 303)
  })

  test('a browser known for one account is a stranger to another', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    await makeUser({ email: 'attacker@example.com', password: MEMBER_PASSWORD })
    const attacker = await usualBrowser('attacker@example.com')
    await guess(MEMBER, MOST)
    assert.equal((await attacker.signIn(MEMBER, MEMBER_PASSWORD)).status, 429)
  })

  test('a browser is known for several accounts of a family', async ({ assert }) => {
    const family = ['mother@example.com', 'father@example.com', MEMBER]
    const visitor = new Visitor()
    for (const email of family) {
      await makeUser({ email, password: MEMBER_PASSWORD })
      await visitor.signIn(email, MEMBER_PASSWORD)
    }
    for (const email of family) {
      await guess(email, MOST)
      assert.equal((await visitor.signIn(email, MEMBER_PASSWORD)).status, 303, email)
    }
  })

  for (const [what, forge] of [
    ['another name for the browser', (own: string) => `${'A'.repeat(43)}${own.slice(43)}`],
    ['an altered mark', (own: string) => own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A')],
    ['no mark', (own: string) => own.slice(0, 43)],
    ['many invented marks', (own: string) => `${own.slice(0, 43)}${'.'.repeat(50)}`],
    ['nothing readable', () => '%00.%ff..'],
  ] as const) {
    test(`a forged cookie with ${what} makes no browser known`, async ({ assert }) => {
      await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
      const own = knownCookie(await usualBrowser())
      await guess(MEMBER, MOST)

      const forger = new Visitor()
      forger.cookies.set(cookieName('known'), forge(own))
      assert.equal((await forger.signIn(MEMBER, MEMBER_PASSWORD)).status, 429)
    })
  }

  test('the cookie outlives a change of APP_KEY, and tells no address', async ({
    assert,
    cleanup,
  }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const owner = await usualBrowser()
    assert.notMatch(decodeURIComponent(knownCookie(owner)), /@|minjun/)

    const keys = env.get('APP_KEY')
    cleanup(() => {
      env.set('APP_KEY', keys)
      env.set('APP_KEY_PREVIOUS', [])
    })
    env.set('APP_KEY', ['another-app-key-of-thirty-two-ch'])
    env.set('APP_KEY_PREVIOUS', keys)
    await guess(MEMBER, MOST)
    assert.equal((await guess(MEMBER, 1)).status, 429)
    assert.equal((await owner.signIn(MEMBER, MEMBER_PASSWORD)).status, 303)
  })

  test('a trip that shows the address is no way to guess more often', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const statuses: number[] = []
    for (let trip = 0; trip < 4; trip++) {
      const attacker = new Visitor()
      const back = await signInWith(world.server, attacker, 'naver')
      assert.equal(back.location, '/user/login/prove')
      const page = await attacker.get('/user/login/prove')
      for (let time = 0; time < 4; time++) {
        const fields = { password: 'not the password' }
        statuses.push((await attacker.submit(page, '/user/login/prove', fields)).status)
      }
    }
    assert.deepEqual(statuses.slice(0, MOST), Array(MOST).fill(422))
    assert.deepEqual([...new Set(statuses.slice(MOST))], [429])
    assert.equal((await guess(MEMBER, 1)).status, 429)
  })

  test('what is stored tells neither the account nor the network', async ({ assert }) => {
    await guess(MEMBER, 1)
    const keys = await countedKeys()
    assert.lengthOf(keys, 3)
    for (const key of keys) {
      assert.match(key, /^password_by_(address|account|account_daily):[\w-]{43}$/)
    }
  })

  test('a form that cannot be right costs no try', async ({ assert }) => {
    for (let time = 0; time <= MOST; time++) {
      assert.equal((await new Visitor().signIn(MEMBER, '')).status, 422)
    }
    assert.lengthOf(await countedKeys(), 0)
  })
})
