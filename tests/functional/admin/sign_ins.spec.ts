import { test } from '@japa/runner'
import i18nManager from '@adonisjs/i18n/services/main'
import { now } from '#time/clock'
import { PAGE_SIZE } from '#searches/cursor_page'
import SignInAttempt from '#models/sign_in_attempt'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { FAILURES } from '#trip/failure'
import { failureWords } from '#set_up/failure_words'
import { signedInMember } from '#tests/support/people/member'
import { faults } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, PATHS, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

/** The attempts in a list, in its order. */
const idsIn = (page: Page) =>
  page.links.flatMap((link) => /^\/admin\/sign_ins\/([\w-]{22})$/.exec(link)?.[1] ?? [])

const link = (page: Page, rel: 'next' | 'prev') => page.valuesOf(`[rel=${rel}]`, 'href')[0]

/** An attempt as one ends, without a trip. */
function anAttempt(fields: Partial<SignInAttempt> = {}) {
  const startedAt = fields.startedAt ?? now()
  return SignInAttempt.create({
    intent: 'sign_in',
    startedAt,
    expiresAt: startedAt,
    claimedAt: startedAt,
    finishedAt: startedAt,
    outcome: 'signed_in',
    steps: [],
    ...fields,
  })
}

test.group('The list of sign-ins', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
    await SignInAttempt.query().delete()
  })

  const list = async (query = '') => idsIn(await admin.get(`/admin/sign_ins?${query}`))

  test('shows who tried what, how it ended and from where', async ({ assert }) => {
    await makeProvider(world.server, 'naver', { label: '네이버' })
    const { user } = await signedInMember({ name: '이회원' })
    world.server.spoil(PATHS.naver.token, faults.serverError)
    await signInWith(world.server, new Visitor(), 'naver')
    await new Visitor().signIn(user.email!, 'not the password at all')

    const page = await admin.get('/admin/sign_ins')
    for (const shown of [
      '이회원',
      '네이버',
      t('sign_ins.password'),
      t('sign_ins.credentials'),
      '127.0.0.1',
    ]) {
      assert.include(page.words, shown)
    }
    assert.lengthOf(idsIn(page), 3)
    const english = await signedInAs('admin', 'en')
    assert.include(
      (await english.get('/admin/sign_ins')).words,
      t('sign_ins.credentials', {}, 'en')
    )
  })

  test('leaves trials out, from the list and as a page of its own', async ({ assert }) => {
    const trial = await anAttempt({ intent: 'trial' })
    const real = await anAttempt()
    assert.deepEqual(await list(), [real.publicId])
    assert.equal((await admin.get(`/admin/sign_ins/${trial.publicId}`)).status, 404)
    assert.equal((await admin.get(`/admin/sign_ins/${real.publicId}`)).status, 200)
  })

  test('narrows by provider, ending, reason, purpose and person', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const person = await makeUser({ name: '김', email: 'kim@example.com' })
    const byKakao = await anAttempt({ providerId: kakao.id, userId: person.id })
    const byPassword = await anAttempt({ outcome: 'failed', failure: 'credentials' })
    const linking = await anAttempt({
      providerId: kakao.id,
      intent: 'link',
      actorUserId: person.id,
      outcome: 'failed',
      failure: 'provider_timeout',
    })
    const open = await anAttempt({
      providerId: kakao.id,
      outcome: null,
      claimedAt: null,
      finishedAt: null,
    })
    const proving = await anAttempt({ providerId: kakao.id, outcome: 'must_prove' })

    const ids = (...attempts: SignInAttempt[]) => attempts.map(({ publicId }) => publicId)
    assert.deepEqual(await list('provider=password'), ids(byPassword))
    assert.deepEqual(await list('provider=kakao'), ids(proving, open, linking, byKakao))
    assert.deepEqual(await list('ending=succeeded'), ids(byKakao))
    assert.deepEqual(await list('ending=failed'), ids(linking, byPassword))
    assert.deepEqual(await list('ending=waiting'), ids(proving))
    assert.deepEqual(await list('ending=unfinished'), ids(open))
    assert.deepEqual(await list('failure=provider_timeout'), ids(linking))
    assert.deepEqual(await list('failure=credentials'), ids(byPassword))
    assert.deepEqual(await list('intent=link&provider=kakao'), ids(linking))
    assert.deepEqual(await list('person=KIM@example.com'), ids(linking, byKakao))
    assert.deepEqual(await list(`person=${person.publicId}`), ids(linking, byKakao))
    assert.deepEqual(await list('intent=trial'), await list())

    const nobody = await admin.get('/admin/sign_ins?person=nobody@example.com')
    assert.isEmpty(idsIn(nobody))
    assert.include(nobody.words, t('sign_ins.nobody_found'))
  })

  test('counts days on the clock in Korea, the last included', async ({ assert }) => {
    const at = (iso: string) => anAttempt({ startedAt: now().set(parts(iso)) })
    const late = await at('2026-03-01T14:59:59')
    const early = await at('2026-03-01T15:00:00')
    const end = await at('2026-03-02T14:59:59')
    assert.deepEqual(await list('from=2026-03-02&to=2026-03-02'), [end.publicId, early.publicId])
    assert.deepEqual(await list('to=2026-03-01'), [late.publicId])
    assert.lengthOf(await list('from=2026-02-30&to=soon'), 3)
  })

  test('is paged by time and key, also where many began in one second', async ({ assert }) => {
    const startedAt = now().minus({ minutes: 1 })
    for (let n = 0; n < PAGE_SIZE + 20; n++) await anAttempt({ startedAt })
    for (let n = 0; n < PAGE_SIZE; n++) {
      await anAttempt({ startedAt: startedAt.minus({ seconds: n + 1 }) })
    }
    const pages = [await admin.get('/admin/sign_ins')]
    for (let next = link(pages[0], 'next'); next; next = link(pages.at(-1)!, 'next')) {
      await anAttempt()
      pages.push(await admin.get(`/admin/sign_ins${next}`))
    }
    assert.lengthOf(pages, 3)
    const all = pages.flatMap(idsIn)
    assert.lengthOf(all, PAGE_SIZE * 2 + 20)
    assert.equal(new Set(all).size, all.length)
    const back = await admin.get(`/admin/sign_ins${link(pages[2], 'prev')}`)
    assert.deepEqual(idsIn(back), idsIn(pages[1]))
  })

  test('with nothing in it says so', async ({ assert }) => {
    assert.include((await admin.get('/admin/sign_ins')).words, t('sign_ins.none'))
  })
})

/** `2026-03-01T14:59:59` as luxon's `set` takes it. */
function parts(iso: string) {
  const [year, month, day, hour, minute, second] = iso.split(/\D/).map(Number)
  return { year, month, day, hour, minute, second }
}

test.group('The words of the sign-ins', () => {
  for (const locale of ['ko', 'en']) {
    test(`every failure has words (${locale})`, ({ assert }) => {
      const i18n = i18nManager.locale(locale)
      for (const failure of ['credentials', ...Object.keys(FAILURES)]) {
        assert.notEqual(failureWords(i18n, failure), failure)
      }
    })
  }
})

test.group('One sign-in', (group) => {
  const world = withProviders(group)

  test('shows each step, how long it took and what the provider said in its code', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const admin = await signedInAs('admin')
    world.server.spoil(
      PATHS.kakao.token,
      faults.json({ error: 'invalid_client', error_code: 'KOE010' }, 401)
    )
    await signInWith(world.server, new Visitor(), 'kakao')
    const attempt = await SignInAttempt.query().whereNotNull('providerId').firstOrFail()
    const page = await admin.get(`/admin/sign_ins/${attempt.publicId}`)
    for (const shown of [t('trial.steps.token'), 'KOE010', 'kakao-client-id', 'secret_refused']) {
      assert.include(page.words, shown)
    }
    assert.match(page.words, /\d+ms/)
    assert.notInclude(page.text, 'kakao-client-secret')
  })

  test('leads to the attempt that asked again, and back', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const first = await anAttempt({ outcome: 'failed', failure: 'missing_fields' })
    first.missingFields = [{ field: 'email' }] as never
    await first.save()
    const second = await anAttempt({ parentId: first.id })
    const firstPage = await admin.get(`/admin/sign_ins/${first.publicId}`)
    assert.include(firstPage.links, `/admin/sign_ins/${second.publicId}`)
    assert.include(firstPage.words, `${t('sign_ins.fields.missing')} ${t('failures.fields.email')}`)
    const secondPage = await admin.get(`/admin/sign_ins/${second.publicId}`)
    assert.include(secondPage.links, `/admin/sign_ins/${first.publicId}`)
    assert.equal((await admin.get(`/admin/sign_ins/${first.id}`)).status, 404)
  })

  test('written by a newer version, with words nobody knows, is shown all the same', async ({
    assert,
  }) => {
    const admin = await signedInAs('admin')
    const attempt = await anAttempt({
      outcome: 'teleported',
      failure: 'wormhole_closed',
      steps: [{ name: 'warp', ms: 1, result: 'wormhole_closed' }] as never,
      userAgent: '<script>alert(1)</script>',
    })
    for (const path of ['', `/${attempt.publicId}`]) {
      const page = await admin.get(`/admin/sign_ins${path}`)
      assert.equal(page.status, 200)
      assert.include(page.words, 'wormhole_closed')
      assert.include(page.words, 'teleported')
      assert.notInclude(page.text, '<script>alert')
    }
  })
})
