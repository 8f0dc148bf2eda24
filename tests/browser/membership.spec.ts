import { test } from '@japa/runner'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { appUrl } from '#config/app'
import Article from '#models/article'
import Identity from '#models/identity'
import User from '#models/user'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { DRIVERS } from '#protocol/drivers'
import { emptyDatabase } from '#tests/support/database'
import { consent, fillIn, followMail, open, signOut } from '#tests/support/browse'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'

const EMAIL = 'minjun@example.com'
const PASSWORD = 'seven quiet herons at dawn'
const NEW_PASSWORD = 'eleven noisy crows at dusk'

/** With JavaScript on a desk, and without on a phone. */
const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 390 px', javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
]

const signIn = (page: Page, email: string, password: string) =>
  fillIn(page, '/user/login', { email, password })

const pathOf = (page: Page) => {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}

async function goTo(page: Page, path: string) {
  await page.goto(new URL(path, appUrl).href)
}

/** Signs in with a provider of the sandbox, from the sign-in page that is open. */
async function signInWith(page: Page, driver: string, person = 'minjun') {
  await page.click(`form[action="/user/login/social/${driver}"] button`)
  await consent(page, { person })
  await page.waitForURL((url) => url.origin === new URL(appUrl).origin)
}

const site = t('common.site')

const isSignedIn = async (page: Page) =>
  (await page.locator('header form[action="/user/logout"]').count()) === 1

/** Puts a member's article on the board through its page. */
async function write(page: Page, title: string) {
  await goTo(page, '/article/create')
  await fillIn(page, '/article/create', { title, body: '첫 줄\n둘째 줄' })
}

for (const { how, ...options } of BROWSERS) {
  test.group(`A membership in a real browser, ${how}`, (group) => {
    group.tap((one) => one.timeout(30_000))
    group.each.setup(async () => {
      await emptyDatabase()
      await new SeedSandboxProviders().handle()
      return emptyDatabase
    })

    const visit = (browser: Browser, path: string) => openIn(browser, path, options)

    test('sign up, confirm, write, sign out, reset the password, sign in', async ({
      assert,
      browser,
    }) => {
      const { page, complaints, close } = await visit(browser, '/user/create')
      await fillIn(page, '/user/create', { email: EMAIL, name: '김민준', password: PASSWORD })
      assert.include(await page.textContent('h1'), t('verification.check_mail'))
      assert.lengthOf(await User.all(), 0)

      await followMail(page, t('mails.confirm_registration.subject', { site }))
      assert.isFalse(await isSignedIn(page))
      await page.click('main form[action*="/verify/"] button')
      assert.isTrue(await isSignedIn(page))

      await write(page, '가입 인사')
      assert.include(await page.textContent('article h1'), '가입 인사')
      assert.include(await page.textContent('article header'), '김민준')
      await signOut(page)
      assert.isFalse(await isSignedIn(page))

      /* Signed out, writing leads through the sign-in page and back. */
      await goTo(page, '/article/create')
      assert.equal(pathOf(page), '/user/login?next=%2Farticle%2Fcreate')
      await signIn(page, EMAIL, PASSWORD)
      assert.equal(pathOf(page), '/article/create')
      await signOut(page)

      await goTo(page, '/user/login')
      await page.click('a[href="/user/password/forgot"]')
      await fillIn(page, '/user/password/forgot', { email: EMAIL })
      await followMail(page, t('mails.reset_password.subject', { site }))
      await page.fill('main [name=password]', NEW_PASSWORD)
      await page.click('main form[action*="/password/reset/"] button')
      assert.equal(pathOf(page), '/user/login')
      assert.isFalse(await isSignedIn(page))

      await signIn(page, EMAIL, NEW_PASSWORD)
      assert.isTrue(await isSignedIn(page))
      await goTo(page, '/article')
      assert.include(await page.textContent('main'), '가입 인사')
      assert.deepEqual(complaints, [])
      await close()
    })

    test('the password from before a reset is refused with a message', async ({
      assert,
      browser,
    }) => {
      await makeUser({ email: EMAIL, password: PASSWORD })
      const { page, close } = await visit(browser, '/user/password/forgot')
      await fillIn(page, '/user/password/forgot', { email: EMAIL })
      await followMail(page, t('mails.reset_password.subject', { site }))
      await page.fill('main [name=password]', NEW_PASSWORD)
      await page.click('main form[action*="/password/reset/"] button')

      await signIn(page, EMAIL, PASSWORD)
      assert.isFalse(await isSignedIn(page))
      assert.isNotEmpty(await page.textContent('[role=alert], .field__error'))
      await close()
    })

    test('Kakao first, Naver connected, Kakao disconnected, the last one stays', async ({
      assert,
      browser,
    }) => {
      const { page, complaints, close } = await visit(browser, '/user/login')
      await signInWith(page, 'kakao')
      await page.click('header a[href="/account"]')
      await page.click('main a[href="/account/sign_in_methods"]')
      assert.include(await page.textContent('.methods'), t('account.methods.only_one'))
      assert.equal(await page.locator('form[action$="/disconnect"]').count(), 0)

      await signInWith(page, 'naver')
      assert.equal(pathOf(page), '/account/sign_in_methods')
      assert.equal(await page.locator('form[action$="/disconnect"]').count(), 2)

      /* A page left open elsewhere still offers what soon is no longer possible. */
      const naver = await page
        .locator('form[action$="/disconnect"]', { hasText: DRIVERS.naver.defaults.label })
        .getAttribute('action')
      const { page: leftOpen } = await open(page.context(), '/account/sign_in_methods')
      /* The first press asks. */
      const provider = DRIVERS.kakao.defaults.label
      const disconnect = t('account.methods.disconnect', { provider })
      const asks = page.locator('.ask', { hasText: disconnect })
      assert.equal(await asks.locator('button').isVisible(), false)
      await asks.locator('summary').click()
      await page
        .locator('form[action$="/disconnect"]', { hasText: provider })
        .locator('button')
        .click()
      assert.include(
        await page.textContent('[role=status], .alert--success'),
        t('account.methods.disconnected_here', { provider })
      )
      assert.include(await page.textContent('.methods'), t('account.methods.only_one'))

      await leftOpen.click(`.ask:has(form[action="${naver}"]) summary`)
      await leftOpen.click(`form[action="${naver}"] button`)
      assert.include(await leftOpen.textContent('[role=alert]'), t('account.methods.last_way_in'))
      assert.lengthOf(await Identity.all(), 1)

      await signOut(page)
      await goTo(page, '/user/login')
      await signInWith(page, 'naver')
      assert.lengthOf(await User.all(), 1)
      assert.deepEqual(complaints, [])
      await close()
    })

    test('Naver with the address of an account: proved by password, then both ways', async ({
      assert,
      browser,
    }) => {
      const owner = await makeUser({ email: EMAIL, password: PASSWORD })
      const { page, complaints, close } = await visit(browser, '/user/login')
      await signInWith(page, 'naver')
      assert.equal(pathOf(page), '/user/login/prove')
      assert.isFalse(await isSignedIn(page))
      await page.fill('main [name=password]', PASSWORD)
      await page
        .locator('section', { has: page.locator('[name=password]') })
        .locator('button')
        .click()
      assert.isTrue(await isSignedIn(page))
      await signOut(page)

      await goTo(page, '/user/login')
      await signInWith(page, 'naver')
      assert.isTrue(await isSignedIn(page))
      await signOut(page)

      await goTo(page, '/user/login')
      await signIn(page, EMAIL, PASSWORD)
      assert.isTrue(await isSignedIn(page))
      assert.lengthOf(await User.all(), 1)
      assert.equal((await Identity.firstOrFail()).userId, owner.id)
      assert.deepEqual(complaints, [])
      await close()
    })

    test('leaving: signed out, no way back in, the articles stay without a name', async ({
      assert,
      browser,
    }) => {
      await makeUser({ email: EMAIL, name: '김민준', password: PASSWORD })
      const { page, complaints, close } = await visit(browser, '/user/login')
      await signIn(page, EMAIL, PASSWORD)
      await write(page, '남는 글')
      assert.include(await page.textContent('article header'), '김민준')
      const article = pathOf(page)

      await goTo(page, '/account')
      await page.click('main a[href="/account/withdrawal"]')
      await page.check('[name=understood]')
      await page.click('form[action="/account/withdrawal"] button')
      assert.isFalse(await isSignedIn(page))
      assert.include(await page.textContent('main'), t('account.withdrawal.done'))

      await goTo(page, article)
      assert.include(await page.textContent('article h1'), '남는 글')
      assert.include(await page.textContent('article header'), t('article.author_left'))
      assert.notInclude(await page.textContent('body'), '김민준')
      assert.deepEqual(complaints, [])

      await goTo(page, '/user/login')
      await signIn(page, EMAIL, PASSWORD)
      assert.isFalse(await isSignedIn(page))
      assert.lengthOf(await User.all(), 0)
      assert.isNull((await Article.firstOrFail()).userId)
      await close()
    })

    test('leaving without the tick changes nothing and says why', async ({ assert, browser }) => {
      await makeUser({ email: EMAIL, password: PASSWORD })
      const { page, close } = await visit(browser, '/user/login?next=/account/withdrawal')
      await signIn(page, EMAIL, PASSWORD)
      await page.click('form[action="/account/withdrawal"] button')
      assert.include(
        await page.textContent('.field__error'),
        t('account.withdrawal.must_understand')
      )
      assert.isTrue(await isSignedIn(page))
      assert.lengthOf(await User.all(), 1)
      await close()
    })

    for (const driver of ['kakao', 'naver']) {
      test(`writing while signed out leads through ${driver} and back`, async ({
        assert,
        browser,
      }) => {
        const { page, complaints, close } = await visit(browser, '/article/create')
        assert.equal(pathOf(page), '/user/login?next=%2Farticle%2Fcreate')
        await signInWith(page, driver)
        assert.equal(pathOf(page), '/article/create')
        await fillIn(page, '/article/create', { title: '첫 글', body: '안녕하세요' })
        assert.include(await page.textContent('article h1'), '첫 글')
        assert.deepEqual(complaints, [])
        await close()
      })
    }
  })
}

async function openIn(browser: Browser, path: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ locale: 'ko-KR', ...options })
  context.setDefaultTimeout(10_000)
  return { ...(await open(context, path)), close: () => context.close() }
}
