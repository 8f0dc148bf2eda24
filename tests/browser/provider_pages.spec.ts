import { test } from '@japa/runner'
import type { Browser, Page } from 'playwright'
import { readFile } from 'node:fs/promises'
import Provider from '#models/provider'
import User from '#models/user'
import { appUrl } from '#config/app'
import { emptyDatabase } from '#tests/support/database'
import { complaintsOf, fillIn } from '#tests/support/browse'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'

const EMAIL = 'admin@example.org'
const PASSWORD = 'a long enough password'
const DESK = { viewport: { width: 1280, height: 900 } }
const PHONE_WITHOUT_SCRIPT = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } }

const keys = async () =>
  (await Provider.query().withScopes((scopes) => scopes.inOrder())).map(({ key }) => key)

test.group('The pages of providers in a real browser', (group) => {
  group.each.setup(async () => {
    await emptyDatabase()
    await User.create({ email: EMAIL, name: '김관리', password: PASSWORD, role: 'admin' })
    await aProvider({ key: 'one', enabled: true })
    await aProvider({ key: 'two', driver: 'kakao', enabled: true })
    await aProvider({ key: 'three', enabled: true })
    return emptyDatabase
  })

  async function administrator(browser: Browser, options: Parameters<Browser['newContext']>[0]) {
    const context = await browser.newContext({ locale: 'ko-KR', ...options })
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await page.goto(`${appUrl}/user/login`)
    await fillIn(page, '/user/login', { email: EMAIL, password: PASSWORD })
    await page.goto(`${appUrl}/admin/providers`)
    return { context, page, complaints }
  }

  test('rows are dragged into another order', async ({ assert, browser }) => {
    const { context, page, complaints } = await administrator(browser, DESK)
    const handle = page.locator('[data-sortable-handle]')
    const [first, last] = [await handle.nth(0).boundingBox(), await handle.nth(2).boundingBox()]
    await page.mouse.move(first!.x + 10, first!.y + 10)
    await page.mouse.down()
    await page.mouse.move(last!.x + 10, last!.y + 30, { steps: 8 })
    await page.mouse.up()
    await page.getByText(t('provider.order.saved')).first().waitFor()
    assert.deepEqual(await keys(), ['two', 'three', 'one'])

    /* The list that came back can be dragged too. */
    const rows = await handle.nth(2).boundingBox()
    const top = await handle.nth(0).boundingBox()
    await page.mouse.move(rows!.x + 10, rows!.y + 10)
    await page.mouse.down()
    await page.mouse.move(top!.x + 10, top!.y - 20, { steps: 8 })
    await page.mouse.up()
    await untilRow(page, 0, 'one')
    await page.locator('[data-dragged]').waitFor({ state: 'detached' })
    await untilKeys(assert, ['one', 'two', 'three'])
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('rows are moved by keyboard, and the focus stays with them', async ({ assert, browser }) => {
    const { context, page, complaints } = await administrator(browser, DESK)
    const label = () => page.evaluate('document.activeElement.textContent')
    await page.locator('button.move--up').nth(2).focus()
    await page.keyboard.press('Enter')
    await untilKeys(assert, ['one', 'three', 'two'])
    await untilRow(page, 1, 'three')
    assert.equal(await label(), t('provider.order.up', { label: 'three' }))

    await page.keyboard.press('Enter')
    await untilKeys(assert, ['three', 'one', 'two'])
    await untilRow(page, 0, 'three')
    const down = t('provider.order.down', { label: 'three' })
    assert.equal(await label(), down, 'at the top only the way down is left')
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('a list that somebody overtook shows the order of now', async ({ assert, browser }) => {
    const { context, page } = await administrator(browser, DESK)
    await Provider.query().where('key', 'one').update({ position: 9 })
    await page.locator('button.move--up').nth(2).click()
    await page.getByText(t('provider.order.stale')).first().waitFor()
    assert.deepEqual(await keys(), ['two', 'three', 'one'])
    assert.deepEqual(await page.locator('.providers h2 a').allTextContents(), await keys())
    await context.close()
  })

  test('without a script the buttons do, at 320 px', async ({ assert, browser }) => {
    const { context, page, complaints } = await administrator(browser, PHONE_WITHOUT_SCRIPT)
    assert.equal(await page.locator('[data-sortable-handle]:visible').count(), 0)
    await page.locator('button.move--down').nth(0).click()
    assert.deepEqual(await keys(), ['two', 'one', 'three'])
    const { publicId } = await Provider.findByOrFail('key', 'two')
    for (const path of ['', `/${publicId}`, `/${publicId}/settings`, `/${publicId}/admin_key`]) {
      await page.goto(`${appUrl}/admin/providers${path}`)
      assert.isFalse(await scrollsSideways(page), path)
    }
    await page.goto(`${appUrl}/admin/transfer`)
    assert.isFalse(await scrollsSideways(page))
    assert.isFalse(await page.locator('#picker').isVisible())
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('the preview follows what is typed, and nothing in it can be pressed', async ({
    assert,
    browser,
  }) => {
    const { context, page, complaints } = await administrator(browser, DESK)
    const { publicId } = await Provider.findByOrFail('key', 'three')
    await page.goto(`${appUrl}/admin/providers/${publicId}/settings`)
    await page.fill('[name=label]', '직원용 <b>')
    const [ofNaver, ofKakao] = [t('common.social.naver'), t('common.social.kakao')]
    await page.locator('.preview').getByText(`${ofNaver} (직원용 <b>)`).waitFor()
    await page.check('[name=hidden]')
    await page.locator('.preview textarea').waitFor()
    assert.deepEqual(await buttonsIn(page), [ofNaver, ofKakao])
    assert.isTrue(await page.locator('.preview [data-copy]').isVisible())

    await page.uncheck('[name=hidden]')
    await page.locator('.preview').getByText('직원용').waitFor()
    await page.locator('.preview .social-button').first().click({ force: true })
    await page.keyboard.press('Tab')
    assert.match(page.url(), /\/settings$/)
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('a file goes out and comes back', async ({ assert, browser }) => {
    const { context, page, complaints } = await administrator(browser, DESK)
    await page.goto(`${appUrl}/admin/transfer`)
    const submit = page.locator('form[action="/admin/transfer/export"] button')
    const [download] = await Promise.all([page.waitForEvent('download'), submit.click()])
    const file = await readFile(await download.path(), 'utf8')
    assert.isNull(await submit.getAttribute('aria-disabled'), 'it can be pressed again')

    const buffer = Buffer.from(file.replace('"label": "one"', '"label": "하나"'))
    await page.setInputFiles('#picker', { name: 'a.json', mimeType: 'application/json', buffer })
    await until(async () => (await page.inputValue('#file')) !== '')
    await page.click('form[action="/admin/transfer/import"] button')
    await page.getByText('하나').first().waitFor()
    await page.click('form[action="/admin/transfer/import/apply"] button')
    await page.getByText(t('transfer.imported')).waitFor()
    assert.equal((await Provider.findByOrFail('key', 'one')).label, '하나')
    assert.deepEqual(complaints, [])
    await context.close()
  })
})

const buttonsIn = async (page: Page) =>
  (await page.locator('.preview .social-button').allTextContents()).map((text) => text.trim())

/** The page is replaced while it is looked at, so nothing of it can be held on to. */
const untilRow = (page: Page, index: number, label: string) =>
  page.locator('.providers h2').nth(index).getByText(label, { exact: true }).waitFor()

async function untilKeys(assert: { deepEqual(a: unknown, b: unknown): void }, wanted: string[]) {
  await until(async () => (await keys()).join() === wanted.join())
  assert.deepEqual(await keys(), wanted)
}

/** Waits, for ten seconds at most; `waitForFunction` needs the `eval` that our pages forbid. */
async function until(isSo: () => Promise<boolean>) {
  for (let tries = 0; tries < 100 && !(await isSo()); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Evaluated as text: the page has a `document`, this project's types do not. */
function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth'
  )
}
