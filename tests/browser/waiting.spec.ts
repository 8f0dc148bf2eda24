import { test } from '@japa/runner'
import ProviderCredential from '#models/provider_credential'
import { now, sqlTime } from '#time/clock'
import { newContext, open, scrollsSideways } from '#tests/support/browse'
import { aCredential } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { makeProvider, withProviders } from '#tests/support/trip'

const NEW_SECRET = 'the-secret-issued-just-now'

const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 390 px', javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
]

test.group('A secret that ends while somebody signs in, in a real browser', (group) => {
  const world = withProviders(group)

  for (const { how, ...options } of BROWSERS) {
    test(`the page says so and goes on by itself (${how})`, async ({ assert, browser }) => {
      const provider = await makeProvider(world.server, 'kakao')
      await ProviderCredential.query().update({ lastUsedAt: sqlTime(now()) })
      const context = await newContext(browser, options)
      const { page, complaints } = await open(context, '/user/login')
      await page.click(`text=${t('common.social.kakao')}`)
      world.server.kakao.appOf('kakao-client-id')!.clientSecrets = [NEW_SECRET]
      await page.click('button[name=action][value=agree]')

      await page.waitForSelector(`h1:has-text("${t('failures.waiting.title')}")`)
      assert.notInclude(page.url(), 'code=')
      assert.isFalse(await scrollsSideways(page))
      await aCredential(provider, { clientId: 'kakao-client-id', clientSecret: NEW_SECRET })
      await page.waitForURL((url) => url.pathname === '/')
      assert.include(await page.textContent('main'), '민준')
      assert.deepEqual(complaints, [])
      await context.close()
    })
  }
})
