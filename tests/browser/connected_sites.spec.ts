import { test } from '@japa/runner'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { appUrl } from '#config/app'
import User from '#models/user'
import {
  complaintsOf,
  consent,
  fillIn,
  newContext,
  open,
  scrollsSideways,
} from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { know } from '#tests/support/secret_scan/sinks'
import { SiteServer } from '#tests/support/servers/site_server'
import { t } from '#tests/support/texts'

const ADMIN = { email: 'admin@example.org', password: 'a long enough password' }

/** With JavaScript and without, on a desk and on a phone. */
const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 390 px', javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
]

test.group('From an empty list to a site of somebody else and back', (group) => {
  group.tap((one) => one.timeout(90_000))
  group.each.setup(async () => {
    await emptyDatabase()
    await new SeedSandboxProviders().handle()
    return emptyDatabase
  })

  for (const { how, ...options } of BROWSERS) {
    test(`it is added, tried, signed in to, taken back and deleted by the pages alone (${how})`, async ({
      assert,
      browser,
      cleanup,
    }) => {
      await User.create({ ...ADMIN, name: '김관리', role: 'admin' })
      const site = await SiteServer.listen()
      const desk = await newContext(browser, options)
      const phone = await newContext(browser, options)
      cleanup(async () => {
        await desk.close()
        await phone.close()
        await site.stop()
      })

      /* An empty list, a mistake, and the secret, once. */
      const { page: admin, complaints } = await open(desk, '/user/login')
      await fillIn(admin, '/user/login', ADMIN)
      await admin.goto(`${appUrl}/admin/clients`)
      assert.include(await admin.textContent('main'), t('clients.none'))
      await admin.click('a[href="/admin/clients/create"]')
      const form = admin.locator('form[action="/admin/clients/create"]')
      await form.locator('[name=siteId]').fill('shop')
      await form.locator('[name=label]').fill('모퉁이 카페')
      const address = 'http://cafe.example.com/callback'
      await form.locator('[name=redirectUris]').fill(address)
      await form.locator('[name=thirdParty]').check()
      await form.locator('[name=privacyUrl]').fill('https://cafe.example.com/privacy')
      await form.locator('button').click()
      const refused = t('clients.address.http', { address })
      assert.include(await admin.textContent('#redirectUris-error'), refused)
      /* The browser says that the form was refused, as it should. */
      complaints.splice(0)
      await form.locator('[name=redirectUris]').fill(`${site.url}/callback`)
      await form.locator('button').click()
      const secret = await admin.inputValue('#client-secret')
      know("a site's secret", secret)
      await site.connect(secret)
      await admin.click('main a[href^="/admin/clients/"]')
      const sitePage = admin.url()
      assert.notInclude(await admin.content(), secret)
      assert.equal(await admin.inputValue('#set-up-issuer'), appUrl)
      assert.equal(await scrollsSideways(admin), false)

      /* Tried out in a tab of its own: the question, then what the site would get. */
      const [trial] = await Promise.all([
        desk.waitForEvent('page'),
        admin.click('form[action$="/trials"] button'),
      ])
      await trial.click('button[name=answer][value=continue]')
      await trial.getByText(t('clients.trial.done')).waitFor()
      assert.include(await trial.textContent('main'), ADMIN.email)
      assert.equal(await scrollsSideways(trial), false)
      await trial.close()

      /* A visitor signs in there, and agrees. */
      const visitor = await phone.newPage()
      const grumbles = complaintsOf(visitor)
      await visitor.goto(site.url)
      await visitor.click('text=Sign in')
      await visitor.click('form[action="/user/login/social/kakao"] button')
      await consent(visitor)
      await visitor.locator('h1', { hasText: '모퉁이 카페' }).waitFor()
      const policy = visitor.locator('a[href="https://cafe.example.com/privacy"]')
      assert.equal(await policy.count(), 1)
      await visitor.click('button[name=answer][value=continue]')
      await visitor.waitForURL(`${site.url}/`)
      assert.equal(await visitor.textContent('h1'), 'Welcome')
      await admin.goto(sitePage)
      const members = t('clients.members_of', { now: 1, ever: 1 })
      assert.include(await admin.textContent('main'), members)

      /* Takes it back: the site has nothing any more, and has to ask again. */
      await visitor.goto(`${appUrl}/account`)
      await visitor.click('a[href="/account/sites"]')
      assert.include(await visitor.textContent('main'), '모퉁이 카페')
      assert.equal(await scrollsSideways(visitor), false)
      await visitor.click('.ask summary')
      await visitor.click('.ask form button')
      assert.include(await visitor.textContent('main'), t('account.sites.none'))
      assert.deepEqual(grumbles, [])
      await visitor.goto(`${site.url}/refresh`)
      assert.include(await visitor.title(), 'Failed')
      await visitor.goto(`${site.url}/login`)
      await visitor.click('button[name=answer][value=cancel]')
      await visitor.waitForURL(`${site.url}/**`)

      /* The end of it, with its effect. */
      await admin.goto(sitePage)
      const failure = t('site_diagnoses.refresh_token.what')
      assert.include(await admin.textContent('#failures'), failure)
      await admin.click('a[href$="/deletion"]')
      const effect = t('clients.delete_effect', { count: 0 })
      assert.include(await admin.textContent('main'), effect)
      await admin.click('form[action$="/deletion"] button')
      assert.include(await admin.textContent('main'), t('clients.none'))
      assert.deepEqual(complaints, [])
    })
  }
})
