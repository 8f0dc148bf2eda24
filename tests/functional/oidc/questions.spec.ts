import { test } from '@japa/runner'
import Client from '#models/oidc/client'
import Consent from '#models/oidc/consent'
import { letProofsAge, MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import {
  copied,
  letCodesBeFresh,
  AuthenticatorApp,
  SETUP,
} from '#tests/support/people/second_factor'
import {
  aRequest,
  aSite,
  backToSite,
  CALLBACK,
  onToSite,
  pressOn,
  siteClient,
} from '#tests/support/sites/site'
import { makeUser, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

const APP = 'com.example.shop:/signed-in'
const CONTINUE = '[name=answer][value=continue]'

/** Signs in on the sign-in page, which must be what `page` shows. */
async function signInOn(visitor: Visitor, page: Page, email: string): Promise<Page> {
  const next = page.fieldValue('next')!
  const fields = { email, password: MEMBER_PASSWORD, next }
  return visitor.visit((await visitor.submit(page, '/user/login', fields)).location)
}

function errorOf(address: string) {
  return new URL(address).searchParams.get('error')
}

test.group('What a site may have its visitor asked', (group) => {
  withProviders(group)

  test('prompt=login counts a proof given since, and no other', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    /* The proof is fresh, but older than the request. */
    const request = await aRequest(config, { prompt: 'login' })
    const page = await visitor.visit(request.url.href)
    assert.include(page.url, '/account/reauthenticate?next=')
    const proved = await visitor.submit(page, '/account/reauthenticate', {
      password: MEMBER_PASSWORD,
      next: page.fieldValue('next')!,
    })
    const tokens = await request.finish(
      await backToSite(visitor, await visitor.visit(proved.location))
    )
    assert.isAtLeast(Number(tokens.claims()!.auth_time), Math.floor(Date.now() / 1_000) - 60)
  })

  test('prompt=login asks a visitor whom nobody has signed in only once', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const user = await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const request = await aRequest(config, { prompt: 'login' })
    const visitor = new Visitor()
    const page = await signInOn(visitor, await visitor.visit(request.url.href), MEMBER)
    const tokens = await request.finish(await backToSite(visitor, page))
    assert.equal(tokens.claims()!.sub, user.publicId)
  })

  test('max_age is met by a sign-in since', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    await letProofsAge()
    const request = await aRequest(config, { max_age: '60' })
    const page = await visitor.visit(request.url.href)
    const proved = await visitor.submit(page, '/account/reauthenticate', {
      password: MEMBER_PASSWORD,
      next: page.fieldValue('next')!,
    })
    const back = await backToSite(visitor, await visitor.visit(proved.location))
    assert.isString((await request.finish(back)).id_token)
  })

  test('prompt=select_account asks who goes on, and lets another one in', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { user, visitor } = await signedInMember()
    const other = await makeUser({ email: 'other@example.com', password: MEMBER_PASSWORD })

    const same = await aRequest(config, { prompt: 'select_account' })
    const page = await visitor.visit(same.url.href)
    assert.include(page.words, MEMBER)
    const on = await onToSite(visitor, await pressOn(visitor, page, 'continue'))
    assert.equal((await same.finish(on)).claims()!.sub, user.publicId)

    const switched = await aRequest(config, { prompt: 'select_account' })
    const asked = await visitor.visit(switched.url.href)
    const form = await visitor.visit((await pressOn(visitor, asked, 'other')).location)
    const back = await backToSite(visitor, await signInOn(visitor, form, 'other@example.com'))
    assert.equal((await switched.finish(back)).claims()!.sub, other.publicId)

    const given = await aRequest(config, { prompt: 'select_account' })
    const answer = await pressOn(visitor, await visitor.visit(given.url.href), 'cancel')
    assert.equal(errorOf(await onToSite(visitor, answer)), 'access_denied')
  })

  test('prompt=create opens the sign-up page, and then needs nothing more', async ({ assert }) => {
    const config = await siteClient(await aSite())
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const request = await aRequest(config, { prompt: 'create' })
    const visitor = new Visitor()
    const page = await visitor.visit(request.url.href)
    assert.include(page.url, '/user/create?next=')
    /* Somebody who has an account after all. */
    const next = page.fieldValue('next')!
    const form = await visitor.get(`/user/login?${new URLSearchParams({ next })}`)
    const back = await backToSite(visitor, await signInOn(visitor, form, MEMBER))
    assert.isString((await request.finish(back)).id_token)
  })

  test('an ID token of somebody else lets that one sign in, and nobody in between', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const first = await aRequest(config)
    const { id_token: hint } = await first.finish((await visitor.get(first.url.href)).location)

    const another = new Visitor()
    await makeUser({ email: 'other@example.com', password: MEMBER_PASSWORD })
    await another.signIn('other@example.com', MEMBER_PASSWORD)
    const request = await aRequest(config, { id_token_hint: hint! })
    const page = await another.visit(request.url.href)
    assert.isFalse(page.has(CONTINUE))
    const stubborn = await another.visit((await pressOn(another, page, 'continue')).location)
    assert.isTrue(stubborn.has('[name=answer][value=other]'))
    const form = await another.visit((await pressOn(another, stubborn, 'other')).location)
    const back = await backToSite(another, await signInOn(another, form, MEMBER))
    assert.isString((await request.finish(back)).id_token)
  })

  test('login_hint fills in the address, ui_locales chooses the language', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const asked = { login_hint: MEMBER, ui_locales: 'fr en' }
    const visitor = new Visitor({ language: 'ko' })
    const page = await visitor.visit((await aRequest(config, asked)).url.href)
    assert.equal(page.fieldValue('email'), MEMBER)
    assert.isTrue(page.has('html[lang=en]'))
    const strange = await aRequest(config, { login_hint: '"><b>@', ui_locales: 'x'.repeat(500) })
    const other = await new Visitor().visit(strange.url.href)
    assert.notInclude(other.text, '<b>@')
    assert.isTrue(other.has('html[lang=ko]'))
  })

  test('acr_values=2 lets a member set a second factor up, or refuse', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const refused = await aRequest(config, { acr_values: '2' })
    const answer = await pressOn(visitor, await visitor.visit(refused.url.href), 'cancel')
    const back = await onToSite(visitor, answer)
    assert.equal(errorOf(back), 'unmet_authentication_requirements')

    const request = await aRequest(config, { acr_values: '2' })
    const page = await visitor.visit(request.url.href)
    const account = await visitor.visit((await pressOn(visitor, page, 'set_up')).location)
    await visitor.submit(account, '/account/second_factor')
    const secret = copied(await visitor.get(SETUP), 'secret')
    const codes = await visitor.submit(await visitor.get(SETUP), SETUP, {
      code: new AuthenticatorApp(secret).code(),
    })
    await letCodesBeFresh()
    assert.include(codes.links, new URL(page.url).pathname)
    const on = await visitor.visit(new URL(page.url).pathname)
    const tokens = await request.finish(await backToSite(visitor, on))
    assert.equal(tokens.claims()!.acr, '2')
    assert.deepEqual(tokens.claims()!.amr, ['pwd', 'otp', 'mfa'])
  })

  test('an app that comes back by its own scheme always shows a page', async ({ assert }) => {
    await aSite({ kind: 'app', redirectUris: [APP, 'http://127.0.0.1/back', CALLBACK] })
    const config = await siteClient('')
    const { user, visitor } = await signedInMember()
    for (const redirect of [APP, 'http://127.0.0.1:50123/back']) {
      const silent = await aRequest(config, { redirect_uri: redirect, prompt: 'none' })
      assert.equal(errorOf((await visitor.get(silent.url.href)).location), 'interaction_required')

      for (const times of ['the first time', 'again']) {
        const request = await aRequest(config, { redirect_uri: redirect })
        const page = await visitor.visit(request.url.href)
        assert.include(page.words, '가게')
        const source = redirect === APP ? 'com.example.shop:' : 'http://127.0.0.1:50123'
        assert.include(page.headers.get('content-security-policy')!, `form-action 'self' ${source}`)
        const back = await onToSite(visitor, await pressOn(visitor, page, 'continue'))
        assert.isTrue(back.startsWith(`${redirect}?code=`), `${times}: ${back}`)
        assert.equal((await request.finish(back)).claims()!.sub, user.publicId)
      }
    }
    /* An address that belongs to the app's maker alone needs none. */
    const claimed = await aRequest(config)
    assert.isTrue((await visitor.get(claimed.url.href)).location.startsWith(CALLBACK))
  })

  test('another port is another address for everybody but an app', async ({ assert }) => {
    await aSite({ kind: 'browser', redirectUris: ['http://127.0.0.1:5000/back'] })
    const request = await aRequest(await siteClient(''), {
      redirect_uri: 'http://127.0.0.1:5001/back',
    })
    const page = await new Visitor().visit(request.url.href)
    assert.equal(page.status, 400)
  })

  test('a third party sees what the member has agreed to, and asks again only for more', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite({ thirdParty: true }))
    const { user, visitor } = await signedInMember()
    const silent = await aRequest(config, { prompt: 'none', scope: 'openid' })
    assert.equal(errorOf((await visitor.get(silent.url.href)).location), 'consent_required')

    const refused = await aRequest(config, { scope: 'openid profile' })
    const no = await pressOn(visitor, await visitor.visit(refused.url.href), 'cancel')
    assert.equal(errorOf(await onToSite(visitor, no)), 'access_denied')
    assert.isEmpty(await Consent.all())

    const request = await aRequest(config, { scope: 'openid profile' })
    const page = await visitor.visit(request.url.href)
    const back = await onToSite(visitor, await pressOn(visitor, page, 'continue'))
    assert.equal((await request.finish(back)).claims()!.name, user.name)

    for (const scope of ['openid', 'openid profile']) {
      const quiet = await aRequest(config, { scope })
      const { location } = await visitor.get(quiet.url.href)
      assert.isTrue(location.startsWith(CALLBACK), `${scope}: ${location}`)
    }
    const more = await aRequest(config, { scope: 'openid email' })
    const asked = await visitor.visit(more.url.href)
    assert.isTrue(asked.has(CONTINUE))
    await pressOn(visitor, asked, 'continue')
    const [consent] = await Consent.all()
    assert.sameMembers(consent.scopes, ['openid', 'profile', 'email'])

    const explicit = await aRequest(config, { scope: 'openid', prompt: 'consent' })
    assert.isTrue((await visitor.visit(explicit.url.href)).has(CONTINUE))
  })

  test('a site of the house asks for no consent, whatever prompt says', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config, { prompt: 'consent' })
    assert.isTrue((await visitor.get(request.url.href)).location.startsWith(CALLBACK))
  })

  test('nobody agrees for somebody else, or without our page', async ({ assert }) => {
    const config = await siteClient(await aSite({ thirdParty: true }))
    const { visitor } = await signedInMember()
    await makeUser({ email: 'other@example.com', password: MEMBER_PASSWORD })
    const request = await aRequest(config)
    const page = await visitor.visit(request.url.href)
    const action = new URL(page.url).pathname

    /* In another tab somebody else signs in before the button is pressed. */
    const home = await visitor.get('/')
    await visitor.submit(home, '/user/logout')
    await visitor.signIn('other@example.com', MEMBER_PASSWORD)
    const pressed = await visitor.submit(await visitor.get('/'), action, {
      ...page.hiddenFields(action),
      answer: 'continue',
    })
    assert.equal(pressed.location, action)

    const forged = await visitor.post(action, { answer: 'continue' })
    assert.notInclude(forged.location, '/oidc/auth/')
    assert.isEmpty(await Consent.all())

    /* The request of one browser is nothing in another. */
    const stranger = new Visitor({ cookies: new Map(visitor.cookies) })
    for (const name of stranger.cookies.keys()) {
      if (name.includes('oidc-ask')) stranger.cookies.delete(name)
    }
    assert.equal((await stranger.get(action)).status, 400)
  })

  test('a pairwise site knows a member by an id that no other site has', async ({ assert }) => {
    const shop = await siteClient(
      await aSite({ pairwise: true, redirectUris: [CALLBACK, 'https://b.example/'] })
    )
    const cafe = await siteClient(await aSite({ clientId: 'cafe', pairwise: true }), 'cafe')
    const { user, visitor } = await signedInMember()
    const subjects = []
    for (const config of [shop, cafe, shop]) {
      const request = await aRequest(config)
      const tokens = await request.finish((await visitor.get(request.url.href)).location)
      subjects.push(tokens.claims()!.sub)
      const hinted = await aRequest(config, { id_token_hint: tokens.id_token!, prompt: 'none' })
      assert.isTrue((await visitor.get(hinted.url.href)).location.includes('code='))
    }
    assert.equal(subjects[0], subjects[2])
    assert.lengthOf(new Set([...subjects, user.publicId]), 3)
    assert.isTrue((await Client.findByOrFail('clientId', 'shop')).isPairwise)
  })
})
