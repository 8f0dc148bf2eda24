import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { now } from '#time/clock'
import User from '#models/user'
import { fillIn, open } from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { pastTrips } from '#tests/support/trips'

const EMAIL = 'admin@example.org'
const PASSWORD = 'a long enough password'

test.group('The health of a provider, in a browser', (group) => {
  group.each.setup(() => emptyDatabase())

  for (const width of [320, 390, 1280]) {
    test(`fits a window of ${width} px, breaks no policy, and tells by keyboard`, async ({
      assert,
      browser,
    }) => {
      await User.create({ email: EMAIL, name: '김관리', password: PASSWORD, role: 'admin' })
      const provider = await aProvider({ enabled: true })
      await pastTrips(
        provider,
        { at: now(), outcome: 'failed', failure: 'secret_refused', times: 1_234 },
        { at: now().minus({ minutes: 20 }), outcome: 'signed_in', times: 77 },
        { at: now().minus({ minutes: 20 }), times: 12 }
      )

      const context = await browser.newContext({
        locale: 'ko',
        viewport: { width, height: 800 },
      })
      const { page, complaints } = await open(context, '/user/login')
      await fillIn(page, '/user/login', { email: EMAIL, password: PASSWORD })
      for (const period of ['hour', 'day', 'month']) {
        const path = `/admin/providers/${provider.publicId}/health?period=${period}`
        await page.goto(new URL(path, appUrl).href)
        const { label } = provider
        const failing = t('health.alert.failing', { label })
        assert.isTrue(await page.getByText(failing).isVisible())
        const values = { label, period: t(`health.periods.${period}`) }
        const chart = page.getByRole('img', { name: t('health.chart.title', values) })
        const box = await chart.boundingBox()
        assert.isAbove(box!.height, 100)

        const name = t('health.chart.as_table')
        const summary = page.getByText(name)
        await summary.focus()
        await page.keyboard.press('Enter')
        assert.isTrue(await page.getByRole('region', { name }).isVisible())
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
      }
      assert.isEmpty(complaints)
      await context.close()
    })
  }
})
