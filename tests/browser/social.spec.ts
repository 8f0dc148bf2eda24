import { test } from '@japa/runner'
import User from '#models/user'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { DRIVERS } from '#protocol/drivers'
import { emptyDatabase } from '#tests/support/database'
import { consent, newContext, open, scrollsSideways } from '#tests/support/browse'
import { t } from '#tests/support/texts'
import { makeProvider, withProviders } from '#tests/support/trip'

const PROVIDERS = [
  { driver: 'kakao', button: t('common.social.kakao'), name: '민준' },
  { driver: 'naver', button: t('common.social.naver'), name: '김민준' },
]

/** With JavaScript and without, on a desk and on a small phone. */
const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 320 px', javaScriptEnabled: false, viewport: { width: 320, height: 640 } },
]

test.group('A newcomer in a real browser, with the sandbox', (group) => {
  group.each.setup(async () => {
    await emptyDatabase()
    await new SeedSandboxProviders().handle()
    return emptyDatabase
  })

  for (const { driver, button, name } of PROVIDERS) {
    for (const { how, ...options } of BROWSERS) {
      test(`signs in with ${driver} in two clicks (${how})`, async ({ assert, browser }) => {
        const context = await newContext(browser, options)
        const { page, complaints } = await open(context, '/user/login')

        await page.click(`text=${button}`)
        assert.match(page.url(), /^http:\/\/127\.0\.0\.1:\d+\/sandbox\//)
        await page.click('button[name=action][value=agree]')
        await page.waitForURL((url) => url.hostname === 'localhost')

        assert.equal(new URL(page.url()).pathname, '/')
        assert.include(await page.textContent('main'), name)
        assert.deepEqual(complaints, [])
        await context.close()
      })

      test(`${driver}: unticked e-mail, message, asked again, signed in (${how})`, async ({
        assert,
        browser,
      }) => {
        const context = await newContext(browser, options)
        const { page, complaints } = await open(context, '/user/login?next=/health/live')

        await page.click(`text=${button}`)
        await consent(page, { refuse: ['email'] })
        const alert = page.locator('[role=alert]')
        const { label: provider } = DRIVERS[driver].defaults
        const told = { provider, fields: t('failures.fields.email') }
        assert.include(await alert.textContent(), t('failures.missing_fields', told))
        assert.equal(await scrollsSideways(page), false)

        await page.click(`form[action="/user/login/social/${driver}"] button >> nth=0`)
        await consent(page)
        await page.waitForURL('**/health/live')
        assert.lengthOf(await User.all(), 1)
        assert.deepEqual(complaints, [])
        await context.close()
      })
    }

    test(`${driver}: cancelling leads back with a message`, async ({ assert, browser }) => {
      const context = await newContext(browser, BROWSERS[0])
      const { page } = await open(context, '/user/login')
      await page.click(`text=${button}`)
      await consent(page, { action: 'cancel' })
      const { label: provider } = DRIVERS[driver].defaults
      const cancelled = t('failures.cancelled', { provider })
      assert.include(await page.textContent('[role=alert]'), cancelled)
      await context.close()
    })
  }

  test('signs out again', async ({ assert, browser }) => {
    const context = await newContext(browser, BROWSERS[0])
    const { page } = await open(context, '/user/login')
    await page.click(`text=${t('common.social.kakao')}`)
    await consent(page)
    await page.click('form[action="/user/logout"] button')
    assert.equal(await page.locator('form[action="/user/logout"]').count(), 0)
    await context.close()
  })

  test('two tabs that both wait at the provider both finish', async ({ assert, browser }) => {
    const context = await newContext(browser, BROWSERS[0])
    const tabs = []
    for (const { button } of PROVIDERS) {
      const { page } = await open(context, '/user/login')
      await page.click(`text=${button}`)
      tabs.push(page)
    }
    for (const tab of tabs.reverse()) {
      await consent(tab, { person: 'seoyeon' })
      await tab.waitForURL((url) => url.hostname === 'localhost')
      assert.equal(new URL(tab.url()).pathname, '/')
    }
    await context.close()
  })
})

test.group('A provider that hops to another host of its own', (group) => {
  const world = withProviders(group, { hop: true })

  for (const { driver, button, name } of PROVIDERS) {
    test(`${driver}: the page lets the form follow every hop`, async ({ assert, browser }) => {
      await makeProvider(world.server, driver as 'kakao' | 'naver')
      const context = await newContext(browser, BROWSERS[0])
      const { page, complaints } = await open(context, '/user/login')
      await page.click(`text=${button}`)
      assert.equal(new URL(page.url()).origin, world.server.hopOrigin)
      await consent(page)
      await page.waitForURL((url) => url.hostname === 'localhost')
      assert.include(await page.textContent('main'), name)
      assert.deepEqual(complaints, [])
      await context.close()
    })
  }
})
