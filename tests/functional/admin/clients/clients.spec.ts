import { test } from '@japa/runner'
import * as openid from 'openid-client'
import { hashToken } from '#crypto/random_token'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { emptyDatabase } from '#tests/support/database'
import { signedInAs } from '#tests/support/people/administrator'
import { signedInMember } from '#tests/support/people/member'
import { copied } from '#tests/support/people/second_factor'
import { know } from '#tests/support/secret_scan/sinks'
import { aRequest, aSite, CALLBACK, onToSite, pressOn, siteClient } from '#tests/support/sites/site'
import { t } from '#tests/support/texts'
import { type Page, Visitor } from '#tests/support/visitor'

const PAGE = '/admin/clients'
const NEW = `${PAGE}/create`
const TYPED = {
  siteId: 'shop',
  label: '달빛가게',
  kind: 'server',
  redirectUris: CALLBACK,
  accessTokenMinutes: '60',
  refreshTokenDays: '30',
}

/** The secret on a page that shows it only once. */
function secretOn(page: Page): string {
  const secret = copied(page, 'client-secret')
  know("a site's secret", secret)
  return secret
}

async function pageOf(clientId = 'shop') {
  return `${PAGE}/${(await Client.findByOrFail({ clientId })).publicId}`
}

/** A member signs in there; returns the tokens. */
async function signIn(secret: string, visitor: Visitor) {
  const request = await aRequest(await siteClient(secret), { scope: 'openid profile' })
  return request.finish((await visitor.get(request.url.href)).location)
}

test.group('Connected sites on the admin pages', (group) => {
  group.each.setup(emptyDatabase)

  test('a site is added, and its secret rotated, rolled back and revoked; nothing shows one again', async ({
    assert,
  }) => {
    const admin = await signedInAs('admin')
    assert.include((await admin.get(PAGE)).words, t('clients.none'))
    const created = await admin.fillIn(NEW, { ...TYPED, 'scopes[]': 'profile' })
    const first = secretOn(created)
    const { visitor } = await signedInMember()
    assert.equal((await signIn(first, visitor)).scope, 'openid profile')
    assert.deepEqual((await Client.firstOrFail()).scopes, ['openid', 'profile'])

    const here = await pageOf()
    const desk = `${here}/secrets`
    const rotated = await admin.fillIn(desk, { grace: '24h' })
    const second = secretOn(rotated)
    for (const secret of [first, second]) await signIn(secret, visitor)

    /* Two administrators at once: the second is told, and issues nothing. */
    const stale = await admin.submit(rotated, desk, { grace: '24h', version: 'as it was' })
    assert.equal(stale.status, 409)
    assert.lengthOf(stale.alerts, 1)
    assert.lengthOf(await ClientSecret.all(), 2)

    await admin.press(desk, `${desk}/roll_back`)
    await signIn(first, visitor)
    await assert.rejects(() => signIn(second, visitor))

    const living = await ClientSecret.query().whereNull('retireUntil').firstOrFail()
    const revocation = `/admin/client_secrets/${living.publicId}/revocation`
    const question = await admin.get(revocation)
    assert.include(question.words, t('clients.secrets.revoke_last', { name: TYPED.label }))
    await admin.submit(question, revocation, question.hiddenFields(revocation))
    await assert.rejects(() => signIn(first, visitor))
    assert.include((await admin.get(here)).words, t('clients.secrets.none'))

    const later = admin.seen.filter((page) => page !== created && page !== rotated)
    for (const secret of [first, second]) {
      const audited = JSON.stringify(await AuditEntry.all())
      const stored = JSON.stringify(await ClientSecret.all())
      for (const place of [audited, stored, ...later.map(({ text }) => text)]) {
        assert.notInclude(place, secret)
        assert.notInclude(place, hashToken(secret))
      }
    }
  })

  for (const [what, redirectUris, problem] of [
    ['a wildcard', 'https://*.example.com/callback', 'wildcard'],
    ['a fragment', `${CALLBACK}#done`, 'fragment'],
    ['http on the internet', 'http://shop.example.com/callback', 'http'],
    ['a script', 'javascript:alert(1)', 'scheme'],
    ['a page among good ones', `${CALLBACK}\ndata:text/html,x`, 'scheme'],
    ['a user name', 'https://me@shop.example.com/', 'user_name'],
    ['another spelling', 'https://Shop.example.com/a/../b', 'spelling'],
    ['no address', 'callback', 'no_address'],
    ['nothing', ' ', null],
  ] as const) {
    test(`a redirect address with ${what} is refused beside its field`, async ({ assert }) => {
      const admin = await signedInAs('admin')
      const refused = await admin.fillIn(NEW, { ...TYPED, redirectUris })
      assert.equal(refused.status, 422)
      const address = redirectUris.split('\n').at(-1)!
      const href = 'https://shop.example.com/b'
      const said = problem
        ? t(`clients.address.${problem}`, { address, href })
        : t('admin.form.messages.redirectUris.array.minLength')
      assert.equal(refused.complaint('redirectUris'), said)
      assert.equal(refused.fieldValue('label'), TYPED.label)
      assert.isNull(await Client.first())
    })
  }

  test('what else is wrong is said in either language, and nothing typed is lost', async ({
    assert,
  }) => {
    await aSite({ clientId: 'taken' })
    const range = { min: 5, max: 1440 }
    const address = 'javascript:alert(1)'
    for (const language of ['ko', 'en'] as const) {
      const admin = await signedInAs('admin', language)
      for (const [field, typed, key, values] of [
        ['siteId', 'taken', 'clients.problems.taken', { id: 'taken' }],
        ['accessTokenMinutes', '4', 'admin.form.messages.range', range],
        ['refreshTokenDays', '', 'admin.form.messages.required', {}],
        ['siteId', '<b>', 'admin.form.messages.siteId.regex', {}],
        ['privacyUrl', address, 'clients.address.scheme', { address }],
      ] as const) {
        const refused = await admin.fillIn(NEW, { ...TYPED, [field]: typed })
        assert.equal(refused.status, 422)
        assert.equal(refused.complaint(field), t(key, values, language), field)
        assert.equal(refused.textIn('redirectUris').trim(), CALLBACK)
      }
    }
    assert.lengthOf(await Client.all(), 1)
  })

  test('of two administrators who change one site, the second is told what the first did', async ({
    assert,
  }) => {
    await aSite()
    const [one, other] = [await signedInAs('admin'), await signedInAs('admin')]
    const path = `${await pageOf()}/settings`
    const opened = await other.get(path)
    const typed = { ...TYPED, 'scopes[]': 'email', 'label': '가게' }
    await one.fillIn(path, { ...typed, homeUrl: 'https://shop.example.com/', label: '새 이름' })

    const mine = { ...opened.hiddenFields(path), ...typed, refreshTokenDays: '7' }
    const told = await other.submit(opened, path, mine)
    assert.equal(told.status, 409)
    assert.include(told.words, '새 이름')
    assert.include(told.words, '김관리')
    assert.equal((await Client.firstOrFail()).refreshTokenDays, 30)

    const merged = { ...told.hiddenFields(path), ...typed, label: '새 이름', refreshTokenDays: '7' }
    await other.submit(told, path, { ...merged, homeUrl: told.fieldValue('homeUrl')! })
    const { name, homeUrl, refreshTokenDays } = await Client.firstOrFail()
    assert.deepEqual([name, homeUrl, refreshTokenDays], ['새 이름', 'https://shop.example.com/', 7])
  })

  test('a name with markup is shown as it is written', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const label = '<script>alert(1)</script>"\'가게'
    await admin.fillIn(NEW, { ...TYPED, label, thirdParty: 'true' })
    const here = await pageOf()
    const { visitor } = await signedInMember()
    const client = await siteClient(
      await aSite({ clientId: 'x', name: label, thirdParty: true }),
      'x'
    )
    const question = await visitor.visit((await aRequest(client)).url.href)
    for (const page of [
      ...(await Promise.all(
        [PAGE, here, `${here}/settings`, `${here}/secrets`, `${here}/deletion`, '/admin/audit'].map(
          (path) => admin.get(path)
        )
      )),
      question,
    ]) {
      assert.equal(page.status, 200, page.url)
      assert.notInclude(page.text, '<script>alert')
      assert.include(page.text, '&lt;script&gt;alert(1)&lt;/script&gt;', page.url)
    }
  })

  test('switched off and deleted while people are signed in there, and while one signs in', async ({
    assert,
  }) => {
    const secret = await aSite()
    const { visitor } = await signedInMember()
    const tokens = await signIn(secret, visitor)
    const config = await siteClient(secret)
    const begun = await aRequest(config)
    const address = (await visitor.get(begun.url.href)).location
    const admin = await signedInAs('admin')
    const here = await pageOf()
    assert.include((await admin.get(here)).words, t('clients.disable_asks', { count: 1 }))

    await admin.press(here, `${here}/activation/end`)
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    await admin.press(here, `${here}/activation`)
    await assert.rejects(() => begun.finish(address))

    /* One waits at the question that only a third party's site asks. */
    await admin.fillIn(`${here}/settings`, { ...TYPED, 'thirdParty': 'true', 'scopes[]': 'email' })
    const waiting = await aRequest(config, { scope: 'openid email' })
    const question = await visitor.visit(waiting.url.href)
    assert.equal(question.status, 200)
    const confirmation = await admin.get(`${here}/deletion`)
    assert.include(confirmation.words, t('clients.delete_effect', { count: 0 }))
    assert.include(confirmation.words, t('clients.delete_lead', { ever: 1 }))
    const gone = await admin.submit(confirmation, `${here}/deletion`)
    assert.equal(gone.location, PAGE)
    assert.isNull(await Client.first())

    const action = new URL(question.url).pathname
    const agreed = { ...question.hiddenFields(action), answer: 'continue' }
    for (const page of [
      await visitor.submit(question, action, agreed),
      await visitor.visit(question.url),
      await visitor.visit(waiting.url.href),
    ]) {
      assert.equal(page.status, 400)
      assert.include(page.words, 'invalid_client')
    }
    await assert.rejects(() => begun.finish(address))
    assert.equal((await admin.get(here)).status, 404)
    assert.equal((await admin.submit(confirmation, `${here}/deletion`)).status, 404)
  })

  test("a member's id is the site's own, or not, until somebody has signed in", async ({
    assert,
  }) => {
    const secret = await aSite()
    const admin = await signedInAs('admin')
    const path = `${await pageOf()}/settings`
    const typed = { ...TYPED, 'scopes[]': 'profile' }
    await admin.fillIn(path, { ...typed, pairwise: 'true' })
    assert.isTrue((await Client.firstOrFail()).isPairwise)
    const { user, visitor } = await signedInMember()
    const { sub } = (await signIn(secret, visitor)).claims()!
    assert.notEqual(sub, user.publicId)

    const page = await admin.get(path)
    assert.equal(page.hiddenFields(path).pairwise, 'true')
    const version = page.fieldValue('version')!
    const refused = await admin.submit(page, path, { ...typed, version })
    assert.equal(refused.status, 422)
    assert.isTrue((await Client.firstOrFail()).isPairwise)
    assert.equal((await signIn(secret, visitor)).claims()!.sub, sub)
  })

  test('a public site has no secret to manage', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const created = await admin.fillIn(NEW, { ...TYPED, kind: 'browser' })
    assert.equal(created.location, await pageOf())
    const { links, actions } = await admin.get(created.location)
    assert.isEmpty([...links, ...actions].filter((address) => address.endsWith('/secrets')))
    const desk = await admin.get(`${created.location}/secrets`)
    assert.isFalse(desk.has('[name=grace]'))
    assert.equal((await admin.submit(desk, `${created.location}/secrets`)).status, 422)
    assert.isNull(await ClientSecret.first())
  })

  test('signing keys are shown with what they are for, added, and replaced after a leak', async ({
    assert,
  }) => {
    const secret = await aSite()
    const { visitor } = await signedInMember()
    await signIn(secret, visitor)
    const admin = await signedInAs('admin')
    const path = '/admin/signing_keys'
    const present = t('clients.keys.roles.present')
    const shown = async () => (await admin.get(path)).wordsOf('tbody .badge')
    assert.deepEqual(await shown(), [present])
    await admin.press(path, path, { after: '24h' })
    assert.sameMembers(await shown(), [t('clients.keys.roles.next'), present])
    await signIn(secret, visitor)
    await admin.press(path, path, { after: 'now' })
    assert.deepEqual(await shown(), [present])
    await signIn(secret, visitor)
  })
})

test.group('Who gets in at a site', (group) => {
  group.each.setup(emptyDatabase)

  test('a site for members with a second factor lets in no other, and asks for one', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite({ secondFactorOnly: true }))
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const question = await visitor.visit(request.url.href)
    assert.isTrue(question.has('button[name=answer][value=set_up]'))
    const silent = await aRequest(config, { prompt: 'none' })
    const { location } = await visitor.get(silent.url.href)
    assert.include(location, 'error=unmet_authentication_requirements')
  })

  test('a closed site lets in who has signed in there before, and nobody else', async ({
    assert,
  }) => {
    const secret = await aSite()
    const { visitor } = await signedInMember()
    await signIn(secret, visitor)
    await Client.query().update({ closedToNewcomers: true })
    await signIn(secret, visitor)

    const stranger = (await signedInMember({ email: 'other@example.com' })).visitor
    const config = await siteClient(secret)
    const request = await aRequest(config)
    for (const language of ['ko', 'en'] as const) {
      const words = t('sites.question.closed.title', { site: '가게' }, language)
      const person = new Visitor({ language, cookies: stranger.cookies })
      const page = await person.visit(request.url.href)
      assert.include(page.words, words)
      assert.isFalse(page.has('[value=continue]'))
      const forced = await person.visit((await pressOn(person, page, 'continue')).location)
      assert.include(forced.words, words)
      const left = await onToSite(person, await pressOn(person, forced, 'cancel'))
      assert.include(left, 'error=access_denied')
    }
    const silent = await aRequest(config, { prompt: 'none' })
    assert.include((await stranger.get(silent.url.href)).location, 'error=access_denied')
  })

  test('tokens live as long as the site is registered for', async ({ assert }) => {
    const secret = await aSite({ accessTokenMinutes: 5, refreshTokenDays: 1 })
    const { visitor } = await signedInMember()
    const tokens = await signIn(secret, visitor)
    assert.equal(tokens.expires_in, 5 * 60)
    const config = await siteClient(secret)
    const { exp, iat } = await openid.tokenIntrospection(config, tokens.refresh_token!)
    assert.equal(exp! - iat!, 24 * 60 * 60)
  })
})
