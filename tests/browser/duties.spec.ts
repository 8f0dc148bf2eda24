import { test } from '@japa/runner'
import type { Browser, Page } from 'playwright'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { appUrl } from '#config/app'
import User from '#models/user'
import { complaintsOf, consent, fillIn, followMail, newContext, open } from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { SiteServer } from '#tests/support/servers/site_server'
import { agreedBy } from '#tests/support/sites/documents'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'

const DESK = { javaScriptEnabled: true, viewport: { width: 1280, height: 900 } }
const PHONE = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } }

const BOSS = { email: 'boss@example.net', password: 'eleven noisy crows at dusk' }
const DOCUMENTS = '/admin/site/documents'

const goTo = (page: Page, path: string) => page.goto(new URL(path, appUrl).href)

const isSignedIn = async (page: Page) =>
  (await page.locator('header form[action="/user/logout"]').count()) === 1

async function visit(browser: Browser, path: string, options: typeof DESK) {
  const context = await newContext(browser, options)
  context.setDefaultTimeout(10_000)
  return { ...(await open(context, path)), close: () => context.close() }
}

/** Comes back from a provider of the sandbox as one of its people. */
async function comeThrough(page: Page, driver: string, person = 'minjun') {
  await page.click(`form[action="/user/login/social/${driver}"] button`)
  await consent(page, { person })
  await page.waitForURL((url) => url.origin === new URL(appUrl).origin)
}

/** Adds a document as an administrator does. */
async function add(page: Page, key: string, contents: { text?: string; url?: string }) {
  await goTo(page, `${DOCUMENTS}/create?key=${key}`)
  if (key === 'marketing') await page.uncheck('[name=required]')
  await fillIn(page, `${DOCUMENTS}/create`, contents as Record<string, string>)
}

test.group('The duties of a site in a real browser', (group) => {
  group.tap((one) => one.timeout(90_000))
  group.each.setup(async () => {
    await emptyDatabase()
    await new SeedSandboxProviders().handle()
    return emptyDatabase
  })

  test('are set up by an administrator, met by newcomers, renewed, taken back and handed out', async ({
    assert,
    browser,
    cleanup,
  }) => {
    await makeUser({ ...BOSS, name: '김관리', role: 'admin' })
    const desk = await visit(browser, '/user/login', DESK)
    await fillIn(desk.page, '/user/login', BOSS)
    await add(desk.page, 'terms', { text: '제1조 (목적)\n이 약관은 …' })
    await add(desk.page, 'privacy', { url: new URL('/health/live', appUrl).href })
    await add(desk.page, 'marketing', { text: '소식 본문' })

    /* By e-mail, with a script: one box ticks all. */
    const first = await visit(browser, '/user/create', DESK)
    await first.page.fill('[name=email]', MEMBER)
    await first.page.fill('[name=name]', '김민준')
    await first.page.fill('[name=password]', MEMBER_PASSWORD)
    assert.equal(await first.page.locator('[name=agree_all]').count(), 0)
    await first.page.check('#agree-all')
    await first.page.click('form[action="/user/create"] button')
    await followMail(
      first.page,
      t('mails.confirm_registration.subject', { site: t('common.site') })
    )
    await first.page.click('main form[action*="/verify/"] button')
    assert.isTrue(await isSignedIn(first.page))
    const member = await User.findByOrFail('email', MEMBER)
    assert.lengthOf(await agreedBy(member.id), 3)

    /* By Kakao and by Naver, without a script: declines, and is not; agrees, and is in. */
    for (const [driver, person] of [
      ['kakao', 'seoyeon'],
      ['naver', 'doyun'],
    ]) {
      const { page, complaints, close } = await visit(browser, '/user/login', PHONE)
      await comeThrough(page, driver, person)
      await page.click('text=' + t('duties.decline'))
      assert.include(await page.textContent('[role=status]'), t('duties.not_signed_up'))
      const before = await User.all()
      await comeThrough(page, driver, person)
      await page.click('[name=agree_all]')
      assert.isTrue(await isSignedIn(page))
      assert.lengthOf(await User.all(), before.length + 1)
      assert.deepEqual(complaints, [])
      await close()
    }

    /* A new version is asked for at the next sign-in, which another site has begun. */
    await goTo(desk.page, DOCUMENTS)
    await desk.page.click('.providers a >> nth=0')
    await desk.page.locator('form[action$="/versions"] [name=text]').fill('제1조 (새 목적)')
    await desk.page.click('form[action$="/versions"] button')
    assert.include(await desk.page.textContent('[role=status]'), t('documents.notices.published'))
    assert.deepEqual(desk.complaints, [])
    await desk.close()

    const site = await SiteServer.start()
    cleanup(() => site.stop())
    const context = await newContext(browser, PHONE)
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await page.goto(site.url)
    await page.click('text=Sign in')
    await fillIn(page, '/user/login', { email: MEMBER, password: MEMBER_PASSWORD })
    assert.equal(await page.locator('[name="agree[]"]').count(), 1)
    await page.check('[name="agree[]"]')
    await page.click('form[action="/user/login/agreements"] button >> nth=0')
    await page.waitForURL(`${site.url}/`)
    assert.equal(site.tokens!.claims()!.sub, member.publicId)

    await goTo(page, '/account/agreements')
    await page.click('details.ask summary')
    await page.click('details.ask form button')
    assert.include(await page.textContent('[role=status]'), t('account.agreements.taken_back'))
    assert.includeMembers(await agreedBy(member.id), [
      'marketing 1 sign_up taken back',
      'terms 2 sign_in',
    ])

    await goTo(page, '/account/withdrawal')
    const download = page.waitForEvent('download')
    await page.click('a[href="/account/export"]')
    assert.match((await download).suggestedFilename(), /\.json$/)
    assert.deepEqual([...complaints, ...first.complaints], [])
    await first.close()
    await context.close()
  })
})
