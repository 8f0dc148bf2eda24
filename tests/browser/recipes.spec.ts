import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import { appUrl } from '#config/app'
import { TellSites } from '#jobs/tell_sites'
import Client from '#models/oidc/client'
import User from '#models/user'
import { consent, newContext, signOut } from '#tests/support/browse'
import { emptyDatabase } from '#tests/support/database'
import { signedInAs } from '#tests/support/people/administrator'
import { type Recipe, RecipeSite } from '#tests/support/servers/recipe_site'
import { aSite } from '#tests/support/sites/site'
import { t } from '#tests/support/texts'

interface Run extends Recipe {
  /** From the site's first page to our sign-in page, and out again. */
  signIn(page: Page): Promise<void>
  signOut(page: Page): Promise<void>
  /** Where it greets its visitor. */
  members: string
  /** Whether signing out there ends the session here. */
  endsBoth: boolean
}

const RECIPES: Run[] = [
  {
    folder: 'auth-js',
    runs: 'node',
    settings: 'auth.config.mjs',
    snippet: 'auth_js',
    callback: '/api/auth/callback/daemun',
    backchannel: null,
    async signIn(page) {
      await page.click('a')
      await page.click('button')
    },
    async signOut(page) {
      await page.click('a')
      await page.click('button')
    },
    members: '/',
    endsBoth: false,
  },
  {
    folder: 'express-openid-connect',
    runs: 'node',
    settings: 'daemun.mjs',
    snippet: 'express',
    callback: '/callback',
    backchannel: '/backchannel-logout',
    signIn: (page) => page.click('a'),
    signOut: (page) => page.click('a'),
    members: '/',
    endsBoth: true,
  },
  {
    folder: 'apache-php',
    runs: 'apache',
    settings: 'daemun.conf',
    snippet: 'apache',
    callback: '/members/callback',
    backchannel: '/members/callback?logout=backchannel',
    signIn: (page) => page.click('a'),
    signOut: (page) => page.click('a'),
    members: '/members/',
    endsBoth: true,
  },
]

/** What it shows of its visitor, if one is signed in there. */
const CLAIMS = '#claims'

test.group('A site built as a page of docs/examples says', (group) => {
  group.tap((one) => one.timeout(60_000))
  group.each.setup(async () => {
    await emptyDatabase()
    await new SeedSandboxProviders().handle()
    return emptyDatabase
  })

  for (const recipe of RECIPES) {
    test(`${recipe.folder}: a wrong secret is explained, the right one lets visitors in and out`, async ({
      assert,
      browser,
      cleanup,
    }) => {
      const site = await RecipeSite.prepare(recipe)
      const context = await newContext(browser, {})
      cleanup(async () => {
        await context.close()
        await site.remove()
      })

      const secret = await aSite({
        redirectUris: [site.url + recipe.callback],
        postLogoutRedirectUris: [site.url, `${site.url}/`],
        backchannelLogoutUri: recipe.backchannel && site.url + recipe.backchannel,
        inside: true,
      })
      const admin = await signedInAs('admin')
      const here = `/admin/clients/${(await Client.firstOrFail()).publicId}`
      site.writeSettings((await admin.get(here)).textIn(`snippet-${recipe.snippet}`))

      await site.start('not the secret')
      const page = await context.newPage()
      await page.goto(site.url)
      await recipe.signIn(page)
      await page.click('form[action="/user/login/social/kakao"] button')
      await consent(page)
      await page.waitForURL(`${site.url}/**`)
      assert.equal(await page.locator(CLAIMS).count(), 0)
      assert.include((await admin.get(here)).words, t('site_diagnoses.secret_wrong.what'))

      await site.stop()
      await site.start(secret)
      await page.goto(site.url)
      await recipe.signIn(page)
      const { publicId, name, email } = await User.findByOrFail('role', 'member')
      const claims = await page.textContent(CLAIMS)
      for (const claim of [publicId, name!, email!]) assert.include(claims, claim)

      await recipe.signOut(page)
      await page.waitForURL(`${site.url}/`)
      assert.equal(await page.locator(CLAIMS).count(), 0)
      await recipe.signIn(page)
      if (recipe.endsBoth) {
        await page.click('form[action="/user/login/social/kakao"] button')
        await consent(page)
      }
      await page.locator(CLAIMS).waitFor()

      if (!recipe.backchannel) return
      await page.goto(appUrl)
      await signOut(page)
      await new TellSites().handle()
      await page.goto(site.url + recipe.members)
      assert.equal(await page.locator(CLAIMS).count(), 0)
    }).skip(recipe.runs === 'apache' && !process.env.APACHE, 'no Apache (bin/test_services.js)')
  }
})
