import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import User from '#models/user'
import { signedInAs } from '#tests/support/people/administrator'
import { letProofsAge, signedInMember } from '#tests/support/people/member'
import { aDocument, agreedBy, allOf, change, renew } from '#tests/support/sites/documents'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/account/agreements'

test.group('What a member has agreed to', (group) => {
  const world = withProviders(group)

  /** Came through Kakao and agreed to everything. */
  async function aMember(name = '카카오') {
    await makeProvider(world.server, 'kakao', { label: name })
    const terms = await aDocument('terms')
    const marketing = await aDocument('marketing', { required: false })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const asked = await visitor.get('/user/login/complete')
    await visitor.submit(asked, '/user/login/complete', allOf(asked))
    return { visitor, terms, marketing, user: await User.firstOrFail() }
  }

  test('is shown with version, time and way; what is optional is taken back and given again', async ({
    assert,
  }) => {
    const { visitor, user, marketing, terms } = await aMember()
    const page = await visitor.get(PAGE)
    assert.lengthOf(page.rows, 2)
    assert.include(page.rows[0], t('duties.ways.provider', { provider: '카카오' }))
    const [takeBack] = page.actions.filter((action) => action.endsWith('/take_back'))
    await visitor.submit(page, takeBack)
    assert.deepEqual(await agreedBy(user.id), [
      'terms 1 provider',
      'marketing 1 provider taken back',
    ])
    assert.isTrue(await visitor.isSignedIn())

    await renew(marketing, '다른 내용')
    const after = await visitor.get(PAGE)
    const [agree] = after.actions.filter((action) => /agreements\/[\w-]+$/.test(action))
    await visitor.submit(after, agree)
    await visitor.submit(after, agree)
    assert.equal((await agreedBy(user.id)).at(-1), 'marketing 2 account')
    assert.lengthOf(await agreedBy(user.id), 3)

    /* An old page: the version is no longer in force. */
    await renew(marketing, '또 다른 내용')
    await visitor.submit(after, agree)
    assert.include((await visitor.get(PAGE)).alerts, t('duties.problems.outdated'))

    /* What has become required stays; nobody takes back what is another member's. */
    await change(marketing, { required: true })
    const [kept] = await db.from('agreements').whereNull('withdrawn_at').where('way', 'account')
    await visitor.submit(after, `${PAGE}/${kept.public_id}/take_back`)
    assert.include((await visitor.get(PAGE)).alerts, t('account.agreements.required'))
    await change(marketing, { required: false })
    await change(terms, { enabled: false })
    const { visitor: other } = await signedInMember({ email: 'other@example.com' })
    await other.submit(await other.get(PAGE), `${PAGE}/${kept.public_id}/take_back`)
    assert.equal((await agreedBy(user.id)).at(-1), 'marketing 2 account')
  })

  test('is exported for an inspector, with nothing that a spreadsheet would calculate', async ({
    assert,
  }) => {
    const { user } = await aMember('=HYPERLINK(1)')
    await user.merge({ name: '=1+1' }).save()
    const admin = await signedInAs('admin')
    await admin
      .get('/user/login/agreements')
      .then((asked) => admin.submit(asked, '/user/login/agreements', allOf(asked)))
    const desk = await admin.get('/admin/site/documents')
    const file = await admin.submit(desk, '/admin/site/documents/agreements')
    const lines = file.text.trimEnd().split('\r\n')
    assert.match(file.headers.get('content-type')!, /^text\/csv/)
    assert.lengthOf(lines, 5)
    assert.include(lines[1], `"${user.publicId}","'=1+1"`)
    assert.include(lines[1], '"terms 문서","1"')
  })
})

/* Tables that name a member, and where the copy has them; or why it has not. */
const KEPT: Record<string, string> = {
  agreements: 'agreements',
  identities: 'identities',
  user_sessions: 'sessions',
  sign_in_attempts: 'signIns',
  articles: 'articles',
  client_members: 'sites',
  consents: 'sites',
  account_tokens: 'links',
  audit_entries: 'changes',
}
const NOT_KEPT: Record<string, string> = {
  provider_credentials: 'a key of this site: that an administrator entered it is in the audit',
  sign_in_codes: 'a code, for minutes',
  pending_identities: 'waits for minutes, of somebody who is not signed in',
  waiting_sign_ins: 'the same',
  second_factors: 'a secret; since when it is on is in the account',
  recovery_codes: 'secrets',
  oidc_payloads: 'tokens of other sites',
}

test.group('A copy of everything that is kept about a member', (group) => {
  const world = withProviders(group)

  test('names all that is kept, and no secret', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await aDocument('terms', {}, { url: null, text: '제1조' })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const asked = await visitor.get('/user/login/complete')
    await visitor.submit(asked, '/user/login/complete', allOf(asked))
    const form = await visitor.get('/article/create')
    await visitor.submit(form, '/article/create', { title: '제목', body: '글' })

    assert.include((await visitor.get('/account/withdrawal')).links, '/account/export')
    const file = await visitor.get('/account/export')
    assert.match(file.headers.get('content-disposition')!, /^attachment; filename="[\w.-]+\.json"$/)
    assert.equal(file.headers.get('cache-control'), 'no-store')
    const kept = JSON.parse(file.text)
    const user = await User.firstOrFail()
    assert.equal(kept.account.publicId, user.publicId)
    assert.isFalse(kept.account.hasPassword)
    assert.containSubset(kept.agreements, [
      { key: 'terms', number: 1, text: '제1조', way: 'provider', withdrawnAt: null },
    ])
    assert.containSubset(kept.articles, [{ title: '제목', body: '글' }])
    assert.equal(kept.signIns[0].outcome, 'signed_in')
    assert.isNotEmpty(kept.identities[0].subject)
    assert.isNotEmpty(kept.sessions[0].ip)
    const secrets = await Promise.all([
      db.from('user_sessions').select('token_hash as secret'),
      db.from('identities').select('access_token as secret'),
    ])
    for (const { secret } of secrets.flat()) assert.notInclude(file.text, secret)

    await letProofsAge()
    assert.include((await visitor.get('/account/export')).location, '/account/reauthenticate')
    assert.include((await new Visitor().get('/account/export')).location, '/user/login')
  })

  test('leaves out no table that names a member', async ({ assert }) => {
    const isMysql = process.env.DB_CONNECTION === 'mysql'
    const rows: { name: string }[] = isMysql
      ? (
          await db.rawQuery(
            `select distinct TABLE_NAME as name from information_schema.KEY_COLUMN_USAGE
              where TABLE_SCHEMA = database() and REFERENCED_TABLE_NAME = 'users'`
          )
        )[0]
      : await db.rawQuery(
          `select distinct tables.name from sqlite_schema tables, pragma_foreign_key_list(tables.name) keys
            where tables.type = 'table' and keys."table" = 'users'`
        )
    assert.sameMembers(
      rows.map(({ name }) => name),
      [...Object.keys(KEPT), ...Object.keys(NOT_KEPT)]
    )
    const { visitor } = await signedInMember()
    const kept = JSON.parse((await visitor.get('/account/export')).text)
    assert.includeMembers(Object.keys(kept), Object.values(KEPT))
  })
})
