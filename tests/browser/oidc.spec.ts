import { test } from '@japa/runner'
import type { Page } from 'playwright'
import User from '#models/user'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { complaintsOf, consent, fillIn, newContext } from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import {
  ASKED,
  type AuthenticatorApp,
  letCodesBeFresh,
  setUp,
} from '#tests/support/people/second_factor'
import { SiteServer } from '#tests/support/servers/site_server'

const DESK = { javaScriptEnabled: true, viewport: { width: 1280, height: 900 } }
const PHONE = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } }

/** How a person shows who they are on our sign-in page. */
const WAYS = {
  async kakao(page: Page) {
    await page.click('form[action="/user/login/social/kakao"] button')
    await consent(page)
  },
  async naver(page: Page) {
    await page.click('form[action="/user/login/social/naver"] button')
    await consent(page)
  },
  async pwd(page: Page, app: AuthenticatorApp | null) {
    await fillIn(page, '/user/login', { email: MEMBER, password: MEMBER_PASSWORD })
    await page.waitForURL((url) => url.pathname === ASKED)
    const form = page.locator(`form[action="${ASKED}"]`, { has: page.locator('[name=code]') })
    await form.locator('[name=code]').fill(app!.code())
    await form.locator('button').click()
  },
}

test.group('A visitor of another site in a real browser', (group) => {
  group.tap((one) => one.timeout(60_000))
  group.each.setup(async () => {
    await emptyDatabase()
    await new SeedSandboxProviders().handle()
    return emptyDatabase
  })

  for (const [way, mode, options] of [
    ['kakao', 'query', DESK],
    ['naver', 'form_post', PHONE],
    ['pwd', 'query', PHONE],
  ] as const) {
    const how = options.javaScriptEnabled ? 'with JavaScript' : 'without, at 390 px'
    test(`signs in by ${way}, answered by ${mode}, refreshes and signs out (${how})`, async ({
      assert,
      browser,
      cleanup,
    }) => {
      let app: AuthenticatorApp | null = null
      if (way === 'pwd') {
        app = (await setUp((await signedInMember()).visitor)).app
        await letCodesBeFresh()
      }
      const site = await SiteServer.start({ response_mode: mode })
      const context = await newContext(browser, options)
      cleanup(async () => {
        await context.close()
        await site.stop()
      })
      const page = await context.newPage()
      const complaints = complaintsOf(page)

      await page.goto(site.url)
      await page.click('text=Sign in')
      assert.equal(new URL(page.url()).pathname, '/user/login')
      await WAYS[way](page, app)
      if (mode === 'form_post' && !options.javaScriptEnabled) await page.click('button')
      await page.waitForURL(`${site.url}/`)
      assert.equal(await page.textContent('h1'), 'Welcome')
      assert.deepEqual(site.arrivals, [mode === 'query' ? 'GET' : 'POST'])

      const claims = site.tokens!.claims()!
      assert.equal(claims.sub, (await User.firstOrFail()).publicId)
      assert.deepEqual(claims.amr, way === 'pwd' ? ['pwd', 'otp', 'mfa'] : [way])
      assert.equal(claims.acr, way === 'pwd' ? '2' : '1')

      const before = site.tokens!.access_token
      await page.goto(`${site.url}/refresh`)
      assert.notEqual(site.tokens!.access_token, before)

      /* Again, as somebody who is known here: no page of ours in between. */
      await page.goto(`${site.url}/login`)
      if (mode === 'form_post' && !options.javaScriptEnabled) await page.click('button')
      await page.waitForURL(`${site.url}/`)
      assert.equal(site.tokens!.claims()!.sub, claims.sub)

      await page.click('text=Sign out')
      await page.waitForURL(`${site.url}/left`)
      await page.click('text=Sign in')
      assert.equal(new URL(page.url()).pathname, '/user/login')
      assert.deepEqual(complaints, [])
    })
  }
})
