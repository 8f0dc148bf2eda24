import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import Client from '#models/oidc/client'
import { snippetsFor } from '#set_up/site_snippets'
import { projectRoot } from '#tests/support/servers/spawned_process'

/** The settings of the examples that tests run, each in a file of its own. */
const FILES: Record<string, string> = {
  auth_js: 'docs/examples/auth-js/auth.config.mjs',
  express: 'docs/examples/express-openid-connect/daemun.mjs',
  apache: 'docs/examples/apache-php/daemun.conf',
}
const PAGES = ['docs/examples/not-run/README.md', 'docs/examples/not-run/README.en.md']

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8')

function snippetsOfShop(kind: Client['kind']) {
  const shop = new Client().merge({
    clientId: 'shop',
    kind,
    scopes: ['openid', 'profile', 'email'],
    redirectUris: ['https://shop.example.com/callback'],
  })
  return snippetsFor(shop).map(({ key, code }) => ({
    key,
    code: code.replaceAll(appUrl, 'https://login.example.com'),
  }))
}

test.group('Settings for a site', () => {
  test('are those of docs/examples, with its values filled in', ({ assert }) => {
    for (const { key, code } of [...snippetsOfShop('server'), ...snippetsOfShop('browser')]) {
      if (FILES[key]) assert.equal(`${code}\n`, read(FILES[key]))
      else for (const page of PAGES) assert.include(read(page), `\n${code}\n`, page)
    }
  })
})
