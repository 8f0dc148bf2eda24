import { test } from '@japa/runner'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { appUrl } from '#config/app'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { consent, fillIn, open, signOut } from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import {
  ASKED,
  AuthenticatorApp,
  letCodesBeFresh,
  SETUP,
} from '#tests/support/people/second_factor'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'

/** With JavaScript on a desk, and without on a phone. */
const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 390 px', javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
]

const pathOf = (page: Page) => {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}

const goTo = (page: Page, path: string) => page.goto(new URL(path, appUrl).href)

const signIn = (page: Page) =>
  fillIn(page, '/user/login', { email: MEMBER, password: MEMBER_PASSWORD })

/** Types into the first form that goes to `action`, and presses its button. */
async function type(page: Page, action: string, name: string, value: string) {
  const form = page.locator(`form[action="${action}"]`, { has: page.locator(`[name=${name}]`) })
  await form.locator(`[name=${name}]`).fill(value)
  await form.locator('button').click()
}

for (const { how, ...options } of BROWSERS) {
  test.group(`A second factor in a real browser, ${how}`, (group) => {
    group.tap((one) => one.timeout(60_000))
    group.each.setup(async () => {
      await emptyDatabase()
      await new SeedSandboxProviders().handle()
      return emptyDatabase
    })

    test('required of an administrator: set up, asked after Kakao, the phone lost', async ({
      assert,
      browser,
    }) => {
      await makeUser({ email: MEMBER, password: MEMBER_PASSWORD, role: 'admin' })
      const { page, complaints, close } = await openIn(browser, '/user/login', options)
      await signIn(page)
      await goTo(page, '/account/sign_in_methods')
      await page.click('form[action="/user/login/social/kakao"] button')
      await consent(page)

      /* From the page that wants it required, which wants one's own first. */
      await goTo(page, '/admin/security')
      await page.click('main a[href="/account/second_factor"]')
      await page.click('main form[action="/account/second_factor"] button')
      assert.equal(pathOf(page), SETUP)
      const code = page.locator('svg.qr-code')
      assert.isAbove((await code.boundingBox())!.width, 150)
      const app = new AuthenticatorApp(await page.inputValue('#secret'))

      await type(page, SETUP, 'code', app.wrongCode())
      assert.include(await page.textContent('.field__error'), t('second_factor.setup.wrong'))
      await type(page, SETUP, 'code', app.code())
      const text = await page.inputValue('#recovery-codes')
      const recoveryCodes = text.split('\n')
      assert.lengthOf(recoveryCodes, 10)
      await page.click('main a[href="/admin"]')
      assert.equal(pathOf(page), '/admin/providers')
      await goTo(page, '/admin/security')
      await page.click('main form[action="/admin/security/second_factor"] button')
      assert.include(await page.textContent('[role=status]'), t('second_factor.admin.required_now'))
      await signOut(page)

      /* Kakao knows the person, and that is half of it. */
      await goTo(page, '/admin/providers')
      await page.click('form[action="/user/login/social/kakao"] button')
      await consent(page)
      await page.waitForURL(new URL(ASKED, appUrl).href)
      await goTo(page, '/account')
      assert.equal(pathOf(page), '/user/login?next=%2Faccount')
      await goTo(page, ASKED)
      await letCodesBeFresh()
      await type(page, ASKED, 'code', app.code().replace(/^(...)/, '$1 '))
      assert.equal(pathOf(page), '/admin/providers')
      await signOut(page)

      /* The phone is lost: a recovery code gets in, and switches it off. */
      await goTo(page, '/user/login?next=/account/second_factor')
      await signIn(page)
      await page.click('summary')
      await type(page, ASKED, 'recoveryCode', recoveryCodes[0])
      assert.equal(pathOf(page), '/account/second_factor')
      const left = t('second_factor.codes_left_count', { count: 9 })
      assert.include(await page.textContent('main'), left)
      await page.click('summary')
      await type(page, '/account/second_factor/remove', 'recoveryCode', recoveryCodes[1])
      assert.include(await page.textContent('[role=status]'), t('second_factor.switched_off'))

      /* Still required, so the administration is closed until there is a new one. */
      await page.click('header a[href="/admin"]')
      assert.equal(pathOf(page), '/account/second_factor')
      assert.include(await page.textContent('.alert--warning'), t('second_factor.required'))
      /* The browser notes the one code that was wrong. */
      assert.lengthOf(complaints, 1)
      assert.include(complaints[0], 'status of 422')
      await close()
    })
  })
}

async function openIn(browser: Browser, path: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ locale: 'ko-KR', ...options })
  context.setDefaultTimeout(10_000)
  return { ...(await open(context, path)), close: () => context.close() }
}
