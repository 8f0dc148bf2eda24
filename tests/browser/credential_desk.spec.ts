import { test } from '@japa/runner'
import type { Page } from 'playwright'
import db from '@adonisjs/lucid/services/db'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { callbackUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import { consent, fillIn, newContext, open, scrollsSideways } from '#tests/support/browse'
import { t } from '#tests/support/texts'
import { withProviders } from '#tests/support/trip'

const ADMIN = { email: 'admin@example.org', password: 'a long enough password' }
const KEYS = { clientId: 'kakao-rest-api-key', clientSecret: 'kakao-client-secret-of-32-chars.' }

/** With JavaScript and without, on a desk and on a small phone. */
const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 320 px', javaScriptEnabled: false, viewport: { width: 320, height: 640 } },
]

test.group('From nothing to a working Kakao sign-in', (group) => {
  const world = withProviders(group)

  for (const { how, ...options } of BROWSERS) {
    test(`a wrong redirect URI and a wrong secret are found by trials, and mended (${how})`, async ({
      assert,
      browser,
    }) => {
      await User.create({ ...ADMIN, name: '김관리', role: 'admin' })
      /* The console as it stands: the redirect URI has not been registered yet. */
      const app = world.server.kakao.register({
        clientId: KEYS.clientId,
        clientSecrets: [KEYS.clientSecret],
      })
      const context = await newContext(browser, options)
      const { page, complaints } = await open(context, '/user/login')
      await fillIn(page, '/user/login', ADMIN)

      /* An empty list; a provider with a mistyped secret, which is told at once. */
      await page.click('header a[href="/admin"]')
      assert.include(await page.textContent('main'), t('admin.providers.none'))
      await page.click('a[href="/admin/providers/create"]')
      const form = page.locator('form[action="/admin/providers/create"]')
      await form.locator('[name=driver]').selectOption('kakao')
      await form.locator('[name=clientId]').fill(KEYS.clientId)
      await form.locator('[name=clientSecret]').fill('mistyped-client-secret')
      await form.locator('button').click()
      const provider = DRIVERS.kakao.defaults.label
      const wrong = t('trial.checks.wrong', { provider })
      assert.include(await page.textContent('[role=alert]'), wrong)
      assert.include(await page.textContent('#trials'), 'KOE010')
      const providerPage = page.url()

      /* First trial: Kakao shows an error page, and the waiting page explains it. */
      const first = await tryInNewTab(page)
      assert.include(await first.title(), 'KOE006')
      const early = { started_at: sqlTime(now().minus({ seconds: 21 })) }
      await db.from('sign_in_attempts').where('intent', 'trial').update(early)
      await page.getByText(t('diagnoses.kakao.KOE006.what')).waitFor()
      assert.include(await page.textContent('main'), callbackUrl({ key: 'kakao' }))
      assert.equal(await scrollsSideways(page), false)
      app.redirectUris.push(callbackUrl({ key: 'kakao' }))
      await first.close()

      /* Opened again from the same page: now it is the secret. */
      const second = await departInNewTab(page)
      await consent(second)
      await second.waitForURL('**/admin/trials/*')
      const failed = t('trial.report.failed', { provider })
      assert.include(await second.textContent('[role=alert]'), failed)
      assert.include(await second.textContent('main'), 'KOE010')
      assert.equal(await scrollsSideways(second), false)
      await second.close()
      /* The page that waited has come to the same by itself. */
      await page.getByText(t('diagnoses.kakao.KOE010.what')).waitFor()
      assert.lengthOf(await User.all(), 1)

      /* Mended: the right secret, checked as it is saved, then taken into use. */
      await page.goto(providerPage)
      await page.click('a[href$="/rotation"]')
      await fillIn(page, new URL(page.url()).pathname, KEYS)
      const right = t('trial.checks.right', { provider })
      assert.include(await page.textContent('[role=status]'), right)
      await page.click('form[action$="/activation"] button')
      await page.goto(providerPage)

      const third = await tryInNewTab(page)
      await consent(third)
      await third.waitForURL('**/admin/trials/*')
      assert.include(await third.textContent('main'), t('trial.report.passed', { provider }))
      assert.include(await third.textContent('main'), 'm***@e*****.com')
      await third.close()
      assert.lengthOf(await User.all(), 1, 'nobody has signed up so far')

      await page.goto(providerPage)
      await page.click(`form[action="${new URL(providerPage).pathname}/activation"] button`)
      assert.deepEqual(complaints, [])
      await context.close()

      /* And a visitor signs in. */
      const visitors = await newContext(browser, options)
      const visit = await open(visitors, '/user/login')
      await visit.page.click(`text=${t('common.social.kakao')}`)
      await consent(visit.page, { person: 'seoyeon' })
      await visit.page.waitForURL((url) => url.hostname === 'localhost')
      assert.include(await visit.page.textContent('main'), '서연이네')
      assert.deepEqual(visit.complaints, [])
      await visitors.close()
    }).timeout(120_000)
  }
})

/** Begins a trial of the newest key on the provider's page; the tab at the provider comes back. */
async function tryInNewTab(page: Page): Promise<Page> {
  await page.click('#trials form[action$="/trials"] button >> nth=0')
  return departInNewTab(page)
}

/** Presses the button of a trial's page, which does not load again in that very moment. */
async function departInNewTab(page: Page): Promise<Page> {
  await page.click('a[href$="?still=1"]')
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.click('form[action$="/departures"] button'),
  ])
  await tab.waitForLoadState()
  await page.click('a[href^="/admin/trials/"]:not([href$="?still=1"])')
  return tab
}
