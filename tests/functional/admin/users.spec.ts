import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import { now } from '#time/clock'
import { PAGE_SIZE } from '#searches/cursor_page'
import User from '#models/user'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { letProofsAge, linkTo, signedInMember, visitorOf } from '#tests/support/people/member'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'
import type { Page } from '#tests/support/visitor'

/** The names in the list, in its order. */
const namesIn = (page: Page) => page.wordsOf('a[href^="/admin/users/"] > bdi')

/** Where the list goes on. */
const link = (page: Page, rel: 'next' | 'prev') => page.valuesOf(`[rel=${rel}]`, 'href')[0]

test.group('The list of people', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  const search = async (text: string, more = '') =>
    namesIn(await admin.get(`/admin/users?search=${encodeURIComponent(text)}${more}`))

  test('finds a name by its beginning, however it is spaced, cased or composed', async ({
    assert,
  }) => {
    await makeUser({ name: '홍 길동' })
    await makeUser({ name: '홍길순' })
    await makeUser({ name: 'Ｋim Minjun' })
    assert.deepEqual(await search('홍길'), ['홍길순', '홍 길동'])
    assert.deepEqual(await search('홍 길 동'), ['홍 길동'])
    assert.deepEqual(await search('홍길동'.normalize('NFD')), ['홍 길동'])
    assert.deepEqual(await search('KIM'), ['Ｋim Minjun'])
    assert.deepEqual(await search('길동'), [])
  })

  test('finds a renamed person by the new name only', async ({ assert }) => {
    const user = await makeUser({ name: '옛이름' })
    await user.merge({ name: '새이름' }).save()
    assert.deepEqual(await search('새이'), ['새이름'])
    assert.deepEqual(await search('옛이'), [])
  })

  test('finds an address by its beginning, one that a provider shows too, and an id whole', async ({
    assert,
  }) => {
    const provider = await aProvider()
    const proved = await makeUser({ name: 'A', email: 'kildong.hong@example.com' })
    const shown = await makeUser({ name: 'B' })
    await linkTo(shown, provider, { email: 'kildong2@example.com', subject: '3012345678' })

    assert.deepEqual(await search('kildong'), ['B', 'A'])
    assert.deepEqual(await search('KILDONG.Hong@Example.com'), ['A'])
    assert.deepEqual(await search('3012345678'), ['B'])
    assert.deepEqual(await search('301234567'), [])
    assert.deepEqual(await search(proved.publicId), ['A'])
  })

  test('takes wildcards, quotes and what no name has for what they are', async ({ assert }) => {
    await makeUser({ name: '100%_\\' })
    await makeUser({ name: '평범' })
    assert.deepEqual(await search('100%'), ['100%_\\'])
    for (const text of [
      '%',
      '_',
      '%평',
      `' OR 1=1 --`,
      '\\',
      '\u{10FFFF}',
      '\0',
      '𐀀'.repeat(120),
    ]) {
      assert.deepEqual(await search(text), [], text)
    }
    assert.lengthOf(await search('   '), 3)
  })

  test('narrows by role, state, provider and address, together with a search', async ({
    assert,
  }) => {
    const [naver, kakao] = [
      await aProvider(),
      await aProvider({ key: 'kakao', driver: 'kakao', clientId: 'kakao-id' }),
    ]
    const both = await makeUser({ name: '김둘', email: 'both@example.com' })
    await linkTo(both, naver)
    await linkTo(both, kakao)
    await linkTo(both, kakao, { subject: 'a second account there' })
    const out = await makeUser({ name: '김정지', suspendedAt: now() })
    await linkTo(out, kakao)
    await makeUser({ name: '김하나', email: 'none@example.com' })

    const list = async (query: string) => namesIn(await admin.get(`/admin/users?${query}`))
    assert.deepEqual(await list('provider=kakao'), ['김정지', '김둘'])
    assert.deepEqual(await list('provider=naver'), ['김둘'])
    assert.deepEqual(await list('role=admin'), ['김관리'])
    assert.deepEqual(await list('state=suspended'), ['김정지'])
    assert.deepEqual(await list('state=active&role=member'), ['김하나', '김둘'])
    assert.deepEqual(await list('email=without'), ['김정지'])
    assert.deepEqual(await list('email=with&provider=kakao&search=김'), ['김둘'])
    assert.lengthOf(await list('role=emperor&state[]=x&provider=nobody&older=abc'), 4)
  })

  test('is paged by key: nobody twice, nobody left out, also when people come and go', async ({
    assert,
  }) => {
    for (let n = 1; n <= PAGE_SIZE * 2 + 9; n++) await makeUser({ name: `사람${n}` })
    const first = await admin.get('/admin/users')
    assert.isUndefined(link(first, 'prev'))

    /* The row that the next page goes on from leaves, and somebody joins. */
    const last = await User.findByOrFail('name', namesIn(first).at(-1)!)
    await last.delete()
    await makeUser({ name: '방금 가입' })

    const second = await admin.get(`/admin/users${link(first, 'next')}`)
    const third = await admin.get(`/admin/users${link(second, 'next')}`)
    assert.isUndefined(link(third, 'next'))
    const all = [first, second, third].flatMap(namesIn)
    assert.lengthOf(all, PAGE_SIZE * 2 + 10)
    assert.equal(new Set(all).size, all.length)

    const back = await admin.get(`/admin/users${link(third, 'prev')}`)
    assert.deepEqual(namesIn(back), namesIn(second))
    const top = await admin.get(`/admin/users${link(back, 'prev')}`)
    assert.equal(namesIn(top)[0], '방금 가입')
    assert.lengthOf(namesIn(top), PAGE_SIZE)
  })

  test('"all" is asked for with nothing, not with its word', async ({ assert }) => {
    const page = await admin.get('/admin/users')
    const first = 'select option:first-child'
    assert.deepEqual(page.wordsOf(first), Array(4).fill(t('listing.all')))
    assert.deepEqual(page.valuesOf(first, 'value'), Array(4).fill(''))
  })

  test('keeps what was asked for from page to page', async ({ assert }) => {
    for (let n = 1; n <= PAGE_SIZE + 1; n++) await makeUser({ name: `김${n}` })
    await makeUser({ name: '이' })
    const first = await admin.get('/admin/users?search=김&role=member')
    assert.equal(first.fieldValue('search'), '김')
    const next = await admin.get(`/admin/users${link(first, 'next')}`)
    assert.deepEqual(namesIn(next), ['김1'])
    assert.equal(next.fieldValue('search'), '김')
  })

  test('says so when nobody matches, and shows names as text whatever is in them', async ({
    assert,
  }) => {
    const nobody = await admin.get('/admin/users?search=없는이')
    assert.include(nobody.words, t('listing.none_match'))
    await makeUser({ name: '<img src=x onerror=alert(1)>' })
    const page = await admin.get('/admin/users')
    assert.notInclude(page.text, '<img src=x')
    assert.equal((await admin.get('/admin/users', { 'accept-language': 'en' })).status, 200)
  })
})

test.group('The page of a person', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('shows accounts, devices, history and changes, and no token', async ({ assert }) => {
    const provider = await aProvider()
    const { user } = await signedInMember({ name: '이회원' })
    const identity = await linkTo(user, provider, {
      email: 'shown@example.com',
      name: '네이버 이름',
    })
    identity.sealTokens({
      accessToken: 'an-access-token-of-this-person',
      refreshToken: 'a-refresh-token-of-this-person',
      expiresIn: 3600,
      scopes: null,
      clientId: 'first-client-id',
    })
    await identity.save()

    const page = await admin.get(`/admin/users/${user.publicId}`)
    for (const shown of [
      '이회원',
      'minjun@example.com',
      identity.subject,
      'shown@example.com',
      '네이버 이름',
      '127.0.0.1',
      `${t('users.fields.password')} ${t('users.is_set')}`,
    ]) {
      assert.include(page.words, shown)
    }
    for (const hidden of ['an-access-token', 'a-refresh-token', identity.accessToken!]) {
      assert.notInclude(page.text, hidden)
    }
    assert.equal((await admin.get('/admin/users/AAAAAAAAAAAAAAAAAAAAAA')).status, 404)
    assert.equal((await admin.get(`/admin/users/${user.id}`)).status, 404)
  })

  test('offers no change until the administrator has proved who they are, and takes none', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    const here = `/admin/users/${user.publicId}`
    const page = await admin.get(here)
    const form = { version: user.version }
    await letProofsAge()
    for (const action of ['suspension', 'administrator', 'devices/sign_out']) {
      assert.include(page.actions, `${here}/${action}`)
      assert.notInclude((await admin.get(here)).actions, `${here}/${action}`)
      const answer = await admin.submit(page, `${here}/${action}`, form)
      assert.equal(answer.status, 303)
      const target = new URL(answer.location, answer.url)
      assert.equal(target.pathname, '/account/reauthenticate')
      assert.equal(target.searchParams.get('next'), here)
    }
    await user.refresh()
    assert.equal(user.version, form.version)
    assert.isTrue(await visitor.isSignedIn())
    assert.isEmpty(await AuditEntry.all())
  })

  test('ends one device or all of them, at once, and says which in the audit', async ({
    assert,
  }) => {
    const { user, visitor: first } = await signedInMember()
    const second = await visitorOf(user)
    const [, session] = await user.related('sessions').query().orderBy('id')
    const here = `/admin/users/${user.publicId}`

    const one = await admin.press(here, `${here}/devices/sign_out`, { device: session.publicId })
    assert.include(one.words, t('users.notices.signed_out', { count: 1 }))
    assert.isFalse(await second.isSignedIn())
    assert.isTrue(await first.isSignedIn())

    const twice = await admin.press(here, `${here}/devices/sign_out`, { device: session.publicId })
    assert.include(twice.words, t('users.notices.nothing_to_end'))
    await admin.press(here, `${here}/devices/sign_out`)
    assert.isFalse(await first.isSignedIn())
    assert.isTrue(await admin.isSignedIn())

    const entries = await AuditEntry.query().orderBy('id')
    assert.deepEqual(
      entries.map(({ action, subjectId }) => [action, subjectId]),
      [
        ['user.signed_out', user.publicId],
        ['user.signed_out', user.publicId],
      ]
    )
    assert.match(JSON.stringify(entries[0].changes), /127\.0\.0\.1/)
  })

  test("a device of somebody else's is none of theirs", async ({ assert }) => {
    const { user } = await signedInMember()
    const { user: other, visitor } = await signedInMember({ email: 'other@example.com' })
    const session = await other.related('sessions').query().firstOrFail()
    const here = `/admin/users/${user.publicId}`
    await admin.press(here, `${here}/devices/sign_out`, { device: session.publicId })
    assert.isTrue(await visitor.isSignedIn())
  })
})
