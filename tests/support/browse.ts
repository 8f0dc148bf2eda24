import type { BrowserContext, Page } from 'playwright'
import { appUrl } from '#config/app'

/** What a page complained about while somebody looked: script errors and refused resources. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

/** Opens an address of the site and notes what the page complains about. */
export async function open(context: BrowserContext, path: string) {
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await page.goto(new URL(path, appUrl).href)
  return { page, complaints }
}

/** On the simulated consent page: who, what is ticked, and the press. */
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
