import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import Identity from '#models/identity'
import Provider from '#models/provider'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { DRIVERS } from '#protocol/drivers'
import { emptyDatabase } from '#tests/support/database'
import { consent, newContext, open, scrollsSideways } from '#tests/support/browse'
import { t } from '#tests/support/texts'

const WAYS = [
  { driver: 'kakao', notice: 'webhook', heard: 200 },
  { driver: 'kakao', notice: 'event', heard: 202 },
  { driver: 'naver', notice: 'notice', heard: 204 },
]

/** With JavaScript and without, on a desk and on a small phone. */
const BROWSERS = [
  { how: 'with JavaScript', javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { how: 'without, at 320 px', javaScriptEnabled: false, viewport: { width: 320, height: 640 } },
]

test.group('Disconnecting at the sandbox in a real browser', (group) => {
  group.each.setup(async () => {
    await emptyDatabase()
    await new SeedSandboxProviders().handle()
    /* So that the nickname may be refused, of which Kakao makes the name. */
    await Provider.query().update({ requiredFields: '["email"]' })
    return emptyDatabase
  })

  for (const { driver, notice, heard } of WAYS) {
    const provider = DRIVERS[driver].defaults.label
    const button = `text=${t(`common.social.${driver}`)}`
    for (const { how, ...options } of BROWSERS) {
      test(`${driver}, ${notice}: signed out here with the reason, asked for consent, back as the same user (${how})`, async ({
        assert,
        browser,
      }) => {
        const context = await newContext(browser, options)
        const { page, complaints } = await open(
          context,
          '/user/login?next=/account/sign_in_methods'
        )
        await page.click(button)
        await consent(page, { refuse: ['nickname'] })
        await page.waitForURL('**/account/sign_in_methods')
        const user = await User.firstOrFail()
        /* A notice tells the second; a link that ends within its first one may be a new link. */
        await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })

        await page.click(`text=${t('account.methods.practice', { provider })}`)
        assert.equal(new URL(page.url()).hostname, '127.0.0.1')
        const mine = page.locator('fieldset', { hasText: '김민준' })
        await mine.locator(`button[name=notice][value=${notice}]`).click()
        const result = await page.locator('[role=status]').textContent()
        const told = { person: '김민준', app: '대문', status: heard }
        assert.equal(result, t('sandbox.disconnected_accepted', told))
        assert.equal(await mine.count(), 0)
        assert.equal(await scrollsSideways(page), false)

        await page.goto(new URL('/account/sign_in_methods', appUrl).href)
        assert.equal(new URL(page.url()).pathname, '/user/login')
        const reason = t('failures.grant_gone', { provider })
        assert.include(await page.textContent('[role=alert]'), reason)
        assert.equal(await page.locator('form[action="/user/logout"]').count(), 0)
        assert.isTrue((await Identity.firstOrFail()).isUnlinked)

        await page.click(button)
        /* What was refused before is asked for anew: this consent knows of no other. */
        assert.isTrue(await page.isChecked('input[name=agree][value=nickname]'))
        await consent(page)
        await page.waitForURL('**/account/sign_in_methods')
        const [again, ...others] = await User.all()
        assert.isEmpty(others)
        assert.equal(again.id, user.id)
        assert.isFalse((await Identity.firstOrFail()).isUnlinked)
        assert.deepEqual(complaints, [])
        await context.close()
      })
    }
  }
})
