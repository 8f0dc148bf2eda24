import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import { test } from '@japa/runner'
import type { Page } from 'playwright'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import { TellSites } from '#jobs/tell_sites'
import ClientSecret from '#models/oidc/client_secret'
import SiteMessage from '#models/oidc/site_message'
import { complaintsOf, newContext, scrollsSideways } from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { aRequest, aSite, siteClient } from '#tests/support/sites/site'
import { aToldSite } from '#tests/support/sites/told_sites'

const DESK = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }

/** Looks at a page with everything on it unfolded: on a desk in light, on a phone in dark. */
async function lookAt(page: Page): Promise<string[]> {
  await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')
  await page.evaluate(axe.source)
  const onDesk = await findings(page, 'axe.run()')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize(PHONE)
  /* No colour stays halfway between the themes. */
  await page.evaluate('document.getAnimations().forEach((one) => one.finish())')
  /* The same elements as before: only their colours are others. */
  const onPhone = await findings(page, 'axe.run({ runOnly: ["color-contrast"] })')
  if (await scrollsSideways(page)) onPhone.push('scrolls sideways on a phone')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(DESK)
  return [...onDesk, ...onPhone].map((found) => `${new URL(page.url()).pathname}: ${found}`)
}

async function findings(page: Page, run: string): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(run)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target.join(' ')}`)
  )
}

/** A site with a member, refused requests and messages of every kind, and one that asks. */
async function twoSites(admin: Administrator) {
  const shop = await aToldSite('shop', { name: '달빛서점 온라인 회원 전용관' })
  await shop.visit(admin)
  const client = await shop.row()
  const { url, finish } = await aRequest(await siteClient('not the secret'))
  await finish((await admin.get(url.href)).location).catch(() => {})
  await admin.get((await aRequest(shop.config, { redirect_uri: appUrl })).url.href)
  await db.transaction((trx) =>
    SiteMessage.queue(
      (['logout', 'member.changed'] as const).map((kind) => ({ client, kind, member: 'one' })),
      trx
    )
  )
  shop.server.answer = ({ path }) => (path === '/logout' ? 404 : 204)
  await new TellSites().handle()

  const privacyUrl = 'https://cafe.example.com/privacy'
  const secret = await aSite({ clientId: 'cafe', thirdParty: true, privacyUrl })
  const question = await aRequest(await siteClient(secret, 'cafe'))
  return { client, server: shop.server, question: question.url.href }
}

test.group('The pages of connected sites', (group) => {
  group.tap((one) => one.timeout(120_000))
  group.each.setup(emptyDatabase)

  test('read well for everybody, on a desk and a phone, in light and in dark', async ({
    assert,
    browser,
    cleanup,
  }) => {
    const admin = await signedInAs('admin')
    const { client, server, question } = await twoSites(admin)
    const context = await newContext(browser, { viewport: DESK, colorScheme: 'light' })
    cleanup(async () => {
      await context.close()
      await server.stop()
    })
    await context.addCookies(
      [...admin.cookies].map(([name, value]) => ({ name, value, url: appUrl }))
    )
    const page = await context.newPage()
    const found = complaintsOf(page)
    const open = (path: string) => page.goto(new URL(path, appUrl).href)
    const here = `/admin/clients/${client.publicId}`
    const secret = await ClientSecret.firstOrFail()
    for (const path of [
      '/admin/clients',
      '/admin/clients/create',
      `${here}/settings`,
      `${here}/secrets`,
      `${here}/deletion`,
      `${here}/messages`,
      `/admin/client_secrets/${secret.publicId}/revocation`,
      '/admin/site_messages',
      '/admin/signing_keys',
      '/account/sites',
      '/oidc/session/end',
      question,
      here,
    ]) {
      await open(path)
      found.push(...(await lookAt(page)))
    }

    /* What is shown only once, and what a site would get. */
    const [trial] = await Promise.all([
      context.waitForEvent('page'),
      page.click(`form[action="${here}/trials"] button`),
    ])
    await trial.waitForURL('**/admin/client_trials?**')
    found.push(...(await lookAt(trial)))
    for (const [path, action] of [
      [`${here}/secrets`, `${here}/secrets`],
      [`${here}/messages`, `${here}/webhook_secret`],
    ]) {
      await open(path)
      await page.click(`form[action="${action}"] button`)
      found.push(...(await lookAt(page)))
    }
    assert.deepEqual(found, [])
  })
})
