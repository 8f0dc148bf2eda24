import type { Browser, BrowserContext, Page } from 'playwright'
import { appUrl } from '#config/app'

/** What a page complained about while open: script errors and refused resources. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`)
  })
  return complaints
}

/** A Korean user's browser, with no data in it. */
export function newContext(browser: Browser, options: Parameters<Browser['newContext']>[0]) {
  return browser.newContext({ locale: 'ko-KR', ...options })
}

/** Evaluated as text: the page has a `document`, this project's types do not. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth'
  )
}

/** Opens an address of the site and records what the page complains about. */
export async function open(context: BrowserContext, path: string) {
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await page.goto(new URL(path, appUrl).href)
  return { page, complaints }
}

/** On the simulated consent page: picks the person, ticks items and presses the button. */
export async function consent(
  page: Page,
  { person = 'minjun', refuse = [] as string[], action = 'agree' } = {}
) {
  await page.check(`input[name=person][value=${person}]`)
  for (const item of await page.locator('input[name=agree]').all()) {
    await item.setChecked(!refuse.includes((await item.getAttribute('value')) ?? ''))
  }
  await page.click(`button[name=action][value=${action}]`)
}

/**
 * Opens the newest mail with these words in its subject as a newcomer would, from the
 * sandbox inbox, and follows its link.
 */
export async function followMail(page: Page, subject: string) {
  await page.goto(new URL('/inbox', appUrl).href)
  await page.locator('.inbox__mail', { hasText: subject }).first().click()
  await page.locator('.inbox__paragraph a').first().click()
}

/** Fills in fields by name and presses the form's button. */
export async function fillIn(page: Page, action: string, fields: Record<string, string>) {
  const form = page.locator(`form[action="${action}"]`)
  for (const [name, value] of Object.entries(fields)) {
    await form.locator(`[name="${name}"]`).fill(value)
  }
  await form.locator('button').click()
}

/** Signs out by the button in the header. */
export async function signOut(page: Page) {
  await page.click('header form[action="/user/logout"] button')
}
