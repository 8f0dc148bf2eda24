import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { encode } from 'uqr'
import { cookieName } from '#auth/cookies'
import AuditEntry from '#models/audit_entry'
import RecoveryCode from '#models/recovery_code'
import SecondFactor from '#models/second_factor'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { letProofsAge, MEMBER, signedInMember, visitorOf } from '#tests/support/people/member'
import {
  answer,
  AuthenticatorApp,
  beginSetUp,
  copied,
  letCodesBeFresh,
  SETUP,
  setUp,
} from '#tests/support/people/second_factor'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/account/second_factor'

test.group('Setting up a second factor', (group) => {
  group.each.setup(emptyDatabase)

  test('from the account page: scan, confirm, keep ten recovery codes', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    assert.include((await visitor.get('/account')).links, PAGE)

    const page = await beginSetUp(visitor)
    const secret = copied(page, 'secret')
    assert.match(secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
    const app = new AuthenticatorApp(secret)

    const wrong = await visitor.submit(page, SETUP, { code: app.wrongCode() })
    assert.equal(wrong.status, 422)
    assert.equal(copied(wrong, 'secret'), secret)
    await user.refresh()
    assert.isFalse(user.hasSecondFactor)

    const shown = await visitor.submit(page, SETUP, { code: app.code() })
    assert.equal(shown.status, 200)
    assert.equal(shown.headers.get('cache-control'), 'no-store')
    const codes = copied(shown, 'recovery-codes').split('\n')
    assert.lengthOf(new Set(codes), 10)
    for (const code of codes)
      assert.match(code, /^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/)

    await user.refresh()
    assert.isTrue(user.hasSecondFactor)
    assert.equal((await lastMailTo(MEMBER)).template, 'second_factor_on')
    const entry = await AuditEntry.findByOrFail('action', 'second_factor.enabled')
    assert.equal(entry.actorUserId, user.id)
    assert.equal(entry.subjectId, user.publicId)

    const status = await visitor.get(PAGE)
    const left = t('second_factor.codes_left_count', { count: 10 })
    assert.include(status.words, `${t('second_factor.codes_left')} ${left}`)
    for (const code of codes) assert.notInclude(status.text, code)
    assert.notInclude(status.text, secret.replaceAll(' ', ''))
  })

  test('the QR code is the address that the link has, drawn without a style of its own', async ({
    assert,
  }) => {
    const { visitor } = await signedInMember()
    const page = await beginSetUp(visitor)
    const uri = new URL(page.links.find((link) => link.startsWith('otpauth:'))!)
    assert.equal(uri.host, 'totp')
    assert.equal(uri.searchParams.get('secret'), copied(page, 'secret').replaceAll(' ', ''))
    assert.include(decodeURIComponent(uri.pathname), `localhost:${MEMBER}`)

    assert.isFalse(page.has('.qr-code[style], .qr-code [style]'))
    const [ink] = page.valuesOf('.qr-code__ink', 'd')
    const dark = [...ink.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)].flatMap(([, x, y, length]) =>
      Array.from({ length: Number(length) }, (_, step) => `${Number(x) + step},${y}`)
    )
    const { data } = encode(uri.href, { ecc: 'M', border: 0 })
    const expected = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x},${y}`] : [])))
    assert.sameMembers(dark, expected)
  })

  test('neither the secret nor a recovery code lies readable in any table', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await beginSetUp(visitor)
    const secret = copied(page, 'secret').replaceAll(' ', '')
    const shown = await visitor.submit(page, SETUP, { code: new AuthenticatorApp(secret).code() })
    const codes = copied(shown, 'recovery-codes').split('\n')

    let stored = ''
    for (const table of await db.connection().getAllTables()) {
      stored += JSON.stringify(await db.from(table).select('*'))
    }
    stored += JSON.stringify([...visitor.cookies])
    assert.include(stored, MEMBER)
    for (const code of [secret, ...codes, ...codes.map((one) => one.replaceAll('-', ''))]) {
      assert.notInclude(stored, code)
    }
  })

  test('every other browser is signed out: it came without one', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const other = await visitorOf(user)
    const before = visitor.cookies.get(cookieName('session'))!
    await setUp(visitor)
    assert.isTrue(await visitor.isSignedIn())
    assert.isFalse(await other.isSignedIn())

    const copy = new Visitor()
    copy.cookies.set(cookieName('session'), before)
    assert.isFalse(await copy.isSignedIn())
  })

  test('all of it wants a recent sign-in', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await setUp(visitor)
    const page = await visitor.get(PAGE)
    await letProofsAge()
    for (const path of [PAGE, SETUP]) {
      const { location } = await visitor.get(path)
      assert.equal(location, `/account/reauthenticate?next=${encodeURIComponent(path)}`)
    }
    for (const path of [PAGE, SETUP, `${PAGE}/remove`, `${PAGE}/recovery_codes`]) {
      const { location } = await visitor.submit(page, path, { code: '123456' })
      assert.include(location, '/account/reauthenticate?next=%2Faccount%2Fsecond_factor', path)
      assert.include(location, 'unchanged=1', path)
    }
    assert.lengthOf(await RecoveryCode.all(), 10)
  })

  test('reloading shows the same secret; another session gets another', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const first = copied(await beginSetUp(visitor), 'secret')
    assert.equal(copied(await visitor.get(SETUP), 'secret'), first)
    assert.equal(copied(await beginSetUp(visitor), 'secret'), first)

    /* A secret that somebody else has seen is not what the owner confirms. */
    const owner = await visitorOf(user)
    assert.equal((await owner.get(SETUP)).location, PAGE)
    const second = copied(await beginSetUp(owner), 'secret')
    assert.notEqual(second, first)
    const late = await visitor.submit(await visitor.get(PAGE), SETUP, {
      code: new AuthenticatorApp(first).code(),
    })
    assert.equal(late.location, PAGE)
    await user.refresh()
    assert.isFalse(user.hasSecondFactor)
  })

  test('a set-up that lay open for half an hour begins anew', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await beginSetUp(visitor)
    const app = new AuthenticatorApp(copied(page, 'secret'))
    await SecondFactor.query().update({ createdAt: sqlTime(now().minus({ minutes: 31 })) })
    const late = await visitor.submit(page, SETUP, { code: app.code() })
    assert.equal(late.location, PAGE)
    assert.include((await visitor.get(PAGE)).alerts, t('second_factor.setup.gone'))
    assert.notEqual(copied(await beginSetUp(visitor), 'secret'), copied(page, 'secret'))
  })

  test('what is on already is neither begun nor confirmed again', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const { app } = await setUp(visitor)
    const { secret } = await SecondFactor.firstOrFail()
    const page = await visitor.get(PAGE)
    await letCodesBeFresh()
    assert.equal((await visitor.submit(page, PAGE)).location, PAGE)
    assert.equal((await visitor.submit(page, SETUP, { code: app.code() })).location, PAGE)
    const factor = await SecondFactor.firstOrFail()
    assert.equal(factor.secret, secret)
    assert.lengthOf(await RecoveryCode.all(), 10)
  })

  test('anything but six digits is a mistake in the form', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await beginSetUp(visitor)
    for (const code of ['', '12345', '1234567', 'abcdef', '\u0000']) {
      assert.equal((await visitor.submit(page, SETUP, { code })).status, 422, code)
    }
    const app = new AuthenticatorApp(copied(page, 'secret'))
    const typed = app.code().replace(/^(...)/, '$1 ')
    assert.equal((await visitor.submit(page, SETUP, { code: typed })).status, 200)
  })
})

test.group('Recovery codes and switching it off', (group) => {
  group.each.setup(emptyDatabase)

  test('new codes make the former ones void', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const { recoveryCodes: former } = await setUp(visitor)
    const page = await visitor.get(PAGE)
    const shown = await visitor.submit(page, `${PAGE}/recovery_codes`)
    const codes = copied(shown, 'recovery-codes').split('\n')
    assert.lengthOf(codes, 10)
    assert.isEmpty(codes.filter((code) => former.includes(code)))
    assert.exists(await AuditEntry.findBy('action', 'second_factor.codes_renewed'))

    const elsewhere = await visitorOf(user)
    assert.equal((await answer(elsewhere, { recoveryCode: former[0] })).status, 422)
    assert.equal((await answer(elsewhere, { recoveryCode: codes[0] })).status, 303)
  })

  test('off against a code of the app, or a recovery code; the person is told', async ({
    assert,
  }) => {
    for (const by of ['app', 'recovery code'] as const) {
      await emptyDatabase()
      const { user, visitor } = await signedInMember()
      const { app, usedCode, recoveryCodes } = await setUp(visitor)
      const page = await visitor.get(PAGE)
      const wrong = await visitor.submit(page, `${PAGE}/remove`, { code: app.wrongCode() })
      assert.equal(wrong.status, 422, by)
      const used = await visitor.submit(page, `${PAGE}/remove`, { code: usedCode })
      assert.include(used.complaint('code'), t('second_factor.errors.code.used'), by)
      await user.refresh()
      assert.isTrue(user.hasSecondFactor, by)

      const fields: Record<string, string> =
        by === 'app' ? { code: app.code(1) } : { recoveryCode: recoveryCodes[3].toUpperCase() }
      const done = await visitor.submit(page, `${PAGE}/remove`, fields)
      assert.equal(done.location, PAGE, by)
      assert.include((await visitor.get(PAGE)).words, t('second_factor.switched_off'), by)
      await user.refresh()
      assert.isFalse(user.hasSecondFactor, by)
      assert.isEmpty(await SecondFactor.all(), by)
      assert.isEmpty(await RecoveryCode.all(), by)
      assert.equal((await lastMailTo(MEMBER)).template, 'second_factor_off', by)
      assert.exists(await AuditEntry.findBy('action', 'second_factor.disabled'), by)

      const elsewhere = await visitorOf(user)
      assert.isTrue(await elsewhere.isSignedIn(), by)
    }
  })

  test('leaving deletes it with everything that belongs to it', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await setUp(visitor)
    await visitorOf(user)
    const page = await visitor.get('/account/withdrawal')
    await visitor.submit(page, '/account/withdrawal', { understood: 'true' })
    for (const table of ['users', 'second_factors', 'recovery_codes', 'waiting_sign_ins']) {
      assert.isEmpty(await db.from(table), table)
    }
  })

  test('of somebody else nothing can be switched off or renewed', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const { app, recoveryCodes } = await setUp(visitor)
    const { visitor: other } = await signedInMember({ email: 'other@example.com' })
    const page = await other.get(PAGE)
    await letCodesBeFresh()
    await other.submit(page, `${PAGE}/remove`, { code: app.code() })
    await other.submit(page, `${PAGE}/remove`, { recoveryCode: recoveryCodes[0] })
    await other.submit(page, `${PAGE}/recovery_codes`)
    await user.refresh()
    assert.isTrue(user.hasSecondFactor)
    assert.lengthOf(await RecoveryCode.all(), 10)
    assert.lengthOf(await queuedMails(), 1)
  })
})
