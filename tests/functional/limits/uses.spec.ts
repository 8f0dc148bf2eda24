import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { Prune } from '#jobs/prune'
import User from '#models/user'
import { type CountedLimit, LIMITS, mostOf } from '#limits/limits'
import { spendFromRows } from '#limits/rows'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { multiplyLimits } from '#tests/support/limits'
import { queuedMails } from '#tests/support/mails'
import { letProofsAge, signedInMember } from '#tests/support/people/member'
import { aProvider } from '#tests/support/providers'
import { type Page, Visitor } from '#tests/support/visitor'

/** One request of somebody, as often as it is asked for. */
type Send = (time: number) => Promise<Page>

/** Who sends what, for each limit by address: all from the network of this machine. */
const BY_ADDRESS: [CountedLimit, string, () => Promise<Send>][] = [
  ['sign_up', '/user/create', post('/user/create', '/user/create')],
  ['mail_requests', 'forgotten', post('/user/password/forgot', '/user/password/forgot')],
  ['mail_requests', 'resend', post('/user/resend_verify_email', '/user/resend_verify_email')],
  ['mailed_links', 'verify', post('/user/login', '/user/x/verify/y')],
  ['mailed_links', 'reset', post('/user/login', '/user/password/reset/x')],
  ['social_start', 'start', post('/user/login', '/user/login/social/naver')],
  ['second_factor', 'second step', post('/user/login', '/user/login/second_factor')],
  ['proofs', 'proof', post('/user/login', '/user/login/prove')],
  ['proofs', 'code', post('/user/login', '/user/login/prove/code')],
  ['proofs', 'completion', post('/user/login', '/user/login/complete')],
  [
    'social_callback',
    'callback',
    async () => () => new Visitor().get('/user/login/social/naver/callback/?state=x'),
  ],
  [
    'password_by_address',
    'sign-in',
    async () => async (time) => new Visitor().signIn(`p${time}@example.com`, 'x'),
  ],
]

function post(page: string, action: string) {
  return async (): Promise<Send> => {
    const visitor = new Visitor()
    const form = await visitor.get(page)
    return () => visitor.submit(form, action)
  }
}

/** Sends until refused; how often it was let through before. */
async function passedBefore(send: Send): Promise<{ passed: number; refused: Page }> {
  for (let passed = 0; passed < 2_000; passed++) {
    const page = await send(passed)
    if (page.status === 429) return { passed, refused: page }
  }
  throw new Error('Nothing was ever refused')
}

test.group('Limits: what is limited, at a tenth of the numbers', (group) => {
  group.each.setup(emptyDatabase)
  group.each.setup(() => multiplyLimits(0.1))

  for (const [name, what, prepare] of BY_ADDRESS) {
    test(`${what}: ${LIMITS[name].most} in ${LIMITS[name].within} for a network`, async ({
      assert,
    }) => {
      const { passed, refused } = await passedBefore(await prepare())
      assert.equal(passed, mostOf(name))
      assert.lengthOf(refused.alerts, 1)
      assert.isAbove(Number(refused.headers.get('retry-after')), 0)
    })
  }

  for (const [name, page, action] of [
    ['reauthentication', '/account/reauthenticate', '/account/reauthenticate'],
    ['reauthentication', '/account/reauthenticate', '/account/reauthenticate/code'],
    ['reauthentication', '/account/reauthenticate', '/account/reauthenticate/code/send'],
    ['account_mails', '/account/email', '/account/email'],
    ['account_mails', '/account/email', '/account/email/proof'],
  ] as const) {
    test(`${action}: ${LIMITS[name].most} in ${LIMITS[name].within} for a person`, async ({
      assert,
    }) => {
      const { visitor } = await signedInMember()
      const form = await visitor.get(page)
      const { passed } = await passedBefore(() => visitor.submit(form, action))
      assert.equal(passed, mostOf(name))

      /* Somebody else on the same network is not meant. */
      const another = await signedInAs('member')
      const own = await another.get(page)
      assert.notEqual((await another.submit(own, action)).status, 429)
    })
  }

  test('administrators: a few changes, and more looking around', async ({ assert }) => {
    await aProvider()
    const administrator = await signedInAs()
    const form = await administrator.get('/admin/providers/create')
    const changes = await passedBefore(() => administrator.submit(form, '/admin/providers/create'))
    assert.equal(changes.passed, mostOf('admin_changes'))

    const looks = await passedBefore(() => administrator.get('/admin/mails'))
    assert.equal(looks.passed, mostOf('admin_reading') - 1)
    assert.include(looks.refused.links, '/admin/mails')

    const another = await signedInAs()
    assert.equal((await another.get('/admin/mails')).status, 200)
  })

  test('administrators: least of all the pages of keys', async ({ assert }) => {
    const { publicId } = await aProvider()
    const administrator = await signedInAs()
    const path = `/admin/providers/${publicId}/credentials/create`
    const { passed } = await passedBefore(() => administrator.get(path))
    assert.equal(passed, mostOf('admin_keys'))
    assert.isBelow(mostOf('admin_keys'), mostOf('admin_changes'))
    assert.equal((await administrator.get('/admin/providers')).status, 200)
  })

  test('to others the admin pages do not exist, however often they ask', async ({ assert }) => {
    const member = await signedInAs('member')
    for (let time = 0; time <= mostOf('admin_reading'); time++) {
      assert.equal((await member.get('/admin/providers')).status, 404)
    }
  })

  test('machines are told in a few words', async ({ assert }) => {
    const visitor = new Visitor()
    const send = () =>
      visitor.get('/user/login/social/naver/callback?state=x', { accept: 'application/json' })
    const { refused } = await passedBefore(send)
    assert.equal(refused.text, 'Too many requests')
    assert.match(refused.headers.get('content-type')!, /^text\/plain/)
    assert.isAbove(Number(refused.headers.get('retry-after')), 0)
  })

  test('without its token a form is refused before it is counted', async ({ assert }) => {
    for (let time = 0; time <= mostOf('mail_requests'); time++) {
      const page = await new Visitor().post('/user/password/forgot', { email: 'a@example.com' })
      assert.equal(page.status, 403)
    }
  })

  test('so is who sends notices that no provider has signed', async ({ assert }) => {
    await aProvider({ enabled: true })
    const send = () => new Visitor().post('/webhooks/naver/unlinked', {})
    const { passed, refused } = await passedBefore(send)
    assert.equal(passed, mostOf('unsigned_notices'))
    assert.equal(refused.text, 'Too many requests')
    assert.match(refused.headers.get('content-type')!, /^text\/plain/)
    assert.isAtMost(Number(refused.headers.get('retry-after')), 60)
  })

  test('what is refused is counted in /metrics, by limit', async ({ assert }) => {
    const counted = async () => {
      const { text } = await new Visitor().get('/metrics')
      return Number(/^daemun_limited_total\{limit="mail_requests"\} (\d+)/m.exec(text)?.[1] ?? 0)
    }
    const before = await counted()
    await passedBefore(await post('/user/password/forgot', '/user/password/forgot')())
    assert.equal(await counted(), before + 1)
  })

  test('the way back keeps where the visitor wanted to go', async ({ assert }) => {
    const visitor = new Visitor()
    const form = await visitor.get('/user/login')
    const { refused } = await passedBefore(() =>
      visitor.submit(form, '/user/login/social/naver', { next: '/article/create' })
    )
    assert.include(refused.links, '/user/login?next=%2Farticle%2Fcreate')
  })

  test('a way back that was made up by a link leads where no link says', async ({ assert }) => {
    const callback = '/user/login/social/naver/callback/?state=x&next=/article/create'
    const { refused } = await passedBefore(() => new Visitor().get(callback))
    assert.include(refused.text, 'href="/user/login"')
  })
})

test.group('Limits: counts whose time is over', (group) => {
  group.each.setup(emptyDatabase)

  test('are deleted, and the others stay', async ({ assert }) => {
    const now = Date.now()
    await db.table('rate_limits').multiInsert([
      { key: 'over', points: 10, expire: now - 1_000 },
      { key: 'long over', points: 10, expire: now - 86_400_000 },
      { key: 'running', points: 10, expire: now + 60_000 },
    ])
    assert.deepInclude(await new Prune().handle(), { rate_limits: 2 })
    const left = await db.from('rate_limits').select('key')
    assert.deepEqual(
      left.map(({ key }) => key),
      ['running']
    )
    await db.from('rate_limits').delete()
  })

  test('start over, even in the row of the last count', async ({ assert }) => {
    const spend = () => spendFromRows({ key: 'a limit', most: 2, within: 60 })
    const atOnce = await Promise.all([spend(), spend(), spend(), spend()])
    assert.lengthOf(
      atOnce.filter((wait) => wait === null),
      2
    )
    assert.closeTo((await spend())!, 59.5, 1)

    await db.from('rate_limits').update({ expire: Date.now() - 1 })
    assert.deepEqual([await spend(), await spend()], [null, null])
    assert.isNotNull(await spend())
    await db.from('rate_limits').delete()
  })
})

test.group('Limits: RATE_LIMIT_SCALE', (group) => {
  group.each.setup(emptyDatabase)

  for (const [scale, mails] of [
    [1, 5],
    [2, 10],
    [0.5, 2],
    [0.001, 1],
  ]) {
    test(`at ${scale} a mailbox gets ${mails} mails of a kind in an hour`, async ({ assert }) => {
      const email = 'minjun@example.com'
      await User.create({ email, name: '김민준', role: 'member' })
      const visitor = new Visitor()
      const form = await visitor.get('/user/password/forgot')
      for (let time = 0; time < mails + 2; time++) {
        await visitor.submit(form, '/user/password/forgot', { email })
      }
      assert.lengthOf(await queuedMails(), mails)
    }).setup(() => multiplyLimits(scale))
  }

  test('also the limits that are counted in rows', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await letProofsAge()
    const page = await visitor.get('/account/reauthenticate')
    const ask = () => visitor.submit(page, '/account/reauthenticate/code/send')
    for (let time = 0; time < 12; time++) await ask()
    assert.lengthOf(await queuedMails(), 10)
  }).setup(() => multiplyLimits(2))
})
