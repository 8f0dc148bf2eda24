import { importJWK, SignJWT, type JWK } from 'jose'
import * as openid from 'openid-client'
import i18nManager from '@adonisjs/i18n/services/main'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import SigningKey from '#models/oidc/signing_key'
import User from '#models/user'
import { signedInMember, visitorOf } from '#tests/support/people/member'
import { aRequest, aSite, CALLBACK, siteClient } from '#tests/support/sites/site'
import { emptyDatabase } from '#tests/support/database'
import { warningsDuring } from '#tests/support/log'
import { t } from '#tests/support/texts'
import { type Page, Visitor } from '#tests/support/visitor'

const LEFT = 'https://shop.example.com/left'
const END = '/oidc/session/end'

test.group('Signing out by a site', (group) => {
  group.each.setup(() => emptyDatabase())

  async function aVisit() {
    const config = await siteClient(await aSite({ postLogoutRedirectUris: [LEFT] }))
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    const end = (more: Record<string, string> = {}) =>
      openid.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token!,
        post_logout_redirect_uri: LEFT,
        state: 'a b&c',
        ...more,
      }).href
    return { config, visitor, tokens, end }
  }

  test('with the ID token of this session it happens at once', async ({ assert }) => {
    const { config, visitor, tokens, end } = await aVisit()
    const answer = await visitor.get(end())
    assert.equal(answer.status, 303)
    assert.equal(answer.location, `${LEFT}?state=a+b%26c`)
    assert.isFalse(await visitor.isSignedIn())
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    /* Once more, as by a reload: nobody is there, and the way back is the same. */
    assert.equal((await visitor.get(end())).location, answer.location)
  })

  test('an ID token that has expired will do', async ({ assert }) => {
    const { visitor, tokens } = await aVisit()
    const [key] = await SigningKey.published()
    const expired = await new SignJWT({ sid: tokens.claims()!.sid })
      .setProtectedHeader({ alg: 'RS256', kid: key.publicId })
      .setIssuer(appUrl)
      .setAudience('shop')
      .setSubject(tokens.claims()!.sub)
      .setIssuedAt(1_700_000_000)
      .setExpirationTime(1_700_003_600)
      .sign(await importJWK(key.jwk as JWK, 'RS256'))
    const query = new URLSearchParams({ id_token_hint: expired, post_logout_redirect_uri: LEFT })
    assert.equal((await visitor.get(`${END}?${query}`)).location, LEFT)
    assert.isFalse(await visitor.isSignedIn())
  })

  test('without one our page asks, and a press leads back', async ({ assert }) => {
    const { visitor } = await aVisit()
    const query = new URLSearchParams({ client_id: 'shop', post_logout_redirect_uri: LEFT })
    const page = await visitor.get(`${END}?${query}`)
    assert.equal(page.status, 200)
    const names = { site: '가게', here: t('common.site') }
    assert.include(page.words, t('session.sign_out_of_site.text', names))
    assert.isTrue(await visitor.isSignedIn())
    const confirm = `${END}/confirm`
    const done = await visitor.submit(page, confirm, page.hiddenFields(confirm))
    assert.equal(done.refresh?.to, LEFT)
    assert.isFalse(await visitor.isSignedIn())
  })

  test('the ID token of another session of the same member is asked about', async ({ assert }) => {
    const { end } = await aVisit()
    const elsewhere = await visitorOf(await User.firstOrFail())
    assert.equal((await elsewhere.get(end())).status, 200)
    assert.isTrue(await elsewhere.isSignedIn())
  })

  test('nothing that nobody has opened signs anybody out', async ({ assert }) => {
    const { config, visitor, tokens, end } = await aVisit()
    for (const headers of [
      ...['image', 'iframe', 'frame', 'embed', 'object', 'script', 'style', 'empty', 'video'].map(
        (dest) => ({ 'sec-fetch-dest': dest })
      ),
      { 'sec-purpose': 'prefetch' },
      { 'sec-purpose': 'prefetch;prerender' },
      { purpose: 'prefetch' },
      { 'x-moz': 'prefetch' },
    ] as Record<string, string>[]) {
      await visitor.get(end(), headers)
      assert.isTrue(await visitor.isSignedIn(), JSON.stringify(headers))
    }
    await visitor.request(end(), { method: 'HEAD' })
    assert.isTrue(await visitor.isSignedIn())
    assert.isTrue((await openid.tokenIntrospection(config, tokens.access_token)).active)
    /* And the one who opens it is signed out, also by a browser that says how. */
    await visitor.get(end(), { 'sec-fetch-dest': 'document' })
    assert.isFalse(await visitor.isSignedIn())
  })

  test("a site's form comes without cookies and is opened as a page", async ({ assert }) => {
    const { tokens } = await aVisit()
    const stranger = new Visitor()
    const answer = await stranger.post(END, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: LEFT,
    })
    assert.equal(answer.status, 303)
    assert.isTrue(answer.location.startsWith(`${END}?id_token_hint=`))
  })

  test('a confirmation that nobody pressed changes nothing', async ({ assert }) => {
    const { visitor } = await aVisit()
    const forged = await visitor.post(`${END}/confirm`, { client_id: 'shop' })
    assert.equal(forged.status, 403)
    assert.isTrue(await visitor.isSignedIn())
  })

  for (const [what, change, error, client] of [
    ['a slash more', { post_logout_redirect_uri: `${LEFT}/` }, 'invalid_request', 'shop'],
    ['a query', { post_logout_redirect_uri: `${LEFT}?x` }, 'invalid_request', 'shop'],
    [
      'another host',
      { post_logout_redirect_uri: 'https://evil.example/' },
      'invalid_request',
      'shop',
    ],
    ['its callback', { post_logout_redirect_uri: CALLBACK }, 'invalid_request', 'shop'],
    ['an unknown site', { client_id: 'nobody', id_token_hint: '' }, 'invalid_client', undefined],
    ['a site that the hint is not of', { client_id: 'other' }, 'invalid_request', 'shop'],
    ['a state of 5 kB', { state: 'x'.repeat(5_000) }, 'invalid_request', undefined],
    [
      'an address of 10 kB',
      { post_logout_redirect_uri: `${LEFT}${'x'.repeat(10_000)}` },
      'invalid_request',
      undefined,
    ],
  ] satisfies [string, Record<string, string>, string, string | undefined][]) {
    test(`with ${what} leads nowhere and signs nobody out`, async ({ assert }) => {
      const { visitor, end } = await aVisit()
      await aSite({ clientId: 'other' })
      for (const language of ['ko', 'en']) {
        const person = new Visitor({ language, cookies: visitor.cookies })
        let answer: Page
        const lines = await warningsDuring(async () => (answer = await person.get(end(change))))
        assert.equal(answer!.status, 400)
        assert.equal(answer!.location, '')
        assert.deepEqual(answer!.alerts, [
          i18nManager.locale(language).t('errors.site_request.text'),
        ])
        assert.lengthOf(lines, 1)
        assert.containSubset(lines[0], {
          msg: 'a site was refused',
          event: 'end_session.error',
          error,
        })
        assert.equal(lines[0].client, client)
      }
      assert.isTrue(await visitor.isSignedIn())
    })
  }

  for (const [what, forge] of [
    ['forged', (token: string) => `${token.slice(0, -4)}AAAA`],
    ['of no algorithm', (token: string) => `eyJhbGciOiJub25lIn0.${token.split('.')[1]}.`],
    ['no token', () => 'x.y.z'],
  ] as const) {
    test(`a hint that is ${what} is none: the person is asked`, async ({ assert }) => {
      const { visitor, tokens, end } = await aVisit()
      const address = new URL(end({ id_token_hint: forge(tokens.id_token!) }))
      address.searchParams.delete('client_id')
      let page: Page
      const lines = await warningsDuring(async () => (page = await visitor.get(address.href)))
      assert.lengthOf(lines, 1)
      assert.containSubset(lines[0], { event: 'end_session.error', error: 'invalid_id_token_hint' })
      assert.equal(page!.status, 200)
      assert.notInclude(page!.words, '가게')
      assert.isTrue(await visitor.isSignedIn())
      const confirm = `${END}/confirm`
      const done = await visitor.submit(page!, confirm, page!.hiddenFields(confirm))
      assert.notInclude(done.text, LEFT)
    })
  }
})
