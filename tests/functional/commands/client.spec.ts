import * as openid from 'openid-client'
import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { ace, aceHere } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { signedInMember } from '#tests/support/people/member'
import { aRequest, CALLBACK, siteClient } from '#tests/support/sites/site'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const NEW = ['client:set', 'shop', '--name=가게', `--redirect-uri=${CALLBACK}`]

test.group('Sites on the command line', (group) => {
  group.each.setup(() => emptyDatabase())
  group.each.timeout(60_000)

  test('the secret that is printed lets the site sign people in, until it is rotated', async ({
    assert,
  }) => {
    const { code, output } = await ace(NEW)
    assert.equal(code, 0, output)
    const secret = /^client_secret: (\S{43})$/m.exec(output)![1]
    const { visitor } = await signedInMember()
    const config = await siteClient(secret)
    const request = await aRequest(config)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    assert.isString(tokens.id_token)

    const rotated = await ace(['client:rotate', 'shop', '--grace=0'])
    assert.equal(rotated.code, 0, rotated.output)
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    const fresh = /^client_secret: (\S{43})$/m.exec(rotated.output)![1]
    const again = await openid.refreshTokenGrant(await siteClient(fresh), tokens.refresh_token!)
    assert.isString(again.access_token)

    const listed = await ace(['client:list', '--json'])
    const [row] = JSON.parse(listed.output.slice(listed.output.indexOf('[')))
    assert.containSubset(row, { clientId: 'shop', kind: 'server', redirectUris: [CALLBACK] })
    for (const one of [secret, fresh]) {
      assert.notInclude(listed.output, one)
      const stored = JSON.stringify([await ClientSecret.all(), await AuditEntry.all()])
      assert.notInclude(stored, one)
    }
    const actions = (await AuditEntry.query().orderBy('id')).map(({ action }) => action)
    assert.includeMembers(actions, ['client.created', 'client.secret_added'])
  })

  test('a site brings its own secret, and a page in the browser has none', async ({ assert }) => {
    const own = 'a-secret-that-the-shop-made-by-itself'
    const { code, output } = await aceHere([...NEW, '--secret-stdin'], `${own}\n`)
    assert.equal(code, 0, output)
    assert.notInclude(output, 'client_secret')
    assert.isTrue(await (await Client.withSecrets('shop'))!.accepts(own))
    const page = await aceHere([
      'client:set',
      'page',
      '--name=P',
      '--redirect-uri=https://p.example/',
      '--public',
    ])
    assert.equal(page.code, 0, page.output)
    assert.notInclude(page.output, 'client_secret')
  })

  test('disable, enable and delete say what they did', async ({ assert }) => {
    await aceHere(NEW)
    assert.equal((await aceHere(['client:disable', 'shop'])).code, 0)
    assert.isFalse((await Client.findByOrFail('clientId', 'shop')).isEnabled)
    assert.equal((await aceHere(['client:enable', 'shop'])).code, 0)
    assert.equal((await aceHere(['client:delete', 'shop'])).code, 0)
    assert.isNull(await Client.first())
    assert.equal((await aceHere(['client:disable', 'shop'])).code, 1)
  })

  test('a rotation is taken back while the secret before still serves', async ({ assert }) => {
    const secretOf = (output: string) => /^client_secret: (\S{43})$/m.exec(output)![1]
    const first = secretOf((await aceHere(NEW)).output)
    assert.equal((await aceHere(['client:rotate', 'shop', '--back'])).code, 1)
    const second = secretOf((await aceHere(['client:rotate', 'shop'])).output)
    const { code, output } = await aceHere(['client:rotate', 'shop', '--back'])
    assert.equal(code, 0, output)
    const client = await Client.withSecrets('shop')
    assert.isTrue(await client!.accepts(first))
    assert.isFalse(await client!.accepts(second))
    assert.isNull(client!.secrets.find((secret) => secret.is(first))!.retireUntil)
  })

  for (const [what, args, input] of [
    ['no name', ['client:set', 'shop', `--redirect-uri=${CALLBACK}`], ''],
    ['http', ['client:set', 'shop', '--name=S', '--redirect-uri=http://shop.example.com/'], ''],
    ['a short secret', [...NEW, '--secret-stdin'], 'too-short'],
  ] as const) {
    test(`refuses ${what} in one line`, async ({ assert }) => {
      const { code, output } = await aceHere([...args], input)
      assert.equal(code, 1)
      assert.lengthOf(output.trim().split('\n'), 1, output)
      assert.isNull(await Client.first())
    }).skip(isRunElsewhere('mysql'), ELSEWHERE)
  }
})

test.group('signing_keys:rotate', (group) => {
  group.each.setup(() => emptyDatabase())
  group.each.timeout(60_000)

  test('publishes the next key at once, and signs with it later', async ({ assert }) => {
    const { output } = await aceHere(NEW)
    const config = await siteClient(/^client_secret: (\S+)$/m.exec(output)![1])
    const { visitor } = await signedInMember()
    const kidOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid as string
    const signIn = async () => {
      const request = await aRequest(config)
      const tokens = await request.finish((await visitor.get(request.url.href)).location)
      return kidOf(tokens.id_token!)
    }
    const published = async () => {
      const { keys } = (await (await fetch(config.serverMetadata().jwks_uri!)).json()) as {
        keys: { kid: string; d?: string }[]
      }
      for (const key of keys) assert.notProperty(key, 'd')
      return keys.map(({ kid }) => kid)
    }
    const first = await signIn()
    assert.equal((await aceHere(['signing_keys:rotate', '--after=24h'])).code, 0)
    assert.lengthOf(await published(), 2)
    assert.equal(await signIn(), first)

    assert.equal((await aceHere(['signing_keys:rotate', '--now'])).code, 0)
    const [only, ...others] = await published()
    assert.isEmpty(others)
    assert.notEqual(only, first)
    const audited = await AuditEntry.query().where('action', 'signing_key.added').orderBy('id')
    assert.deepEqual(
      audited.map(({ via }) => via),
      ['job', 'command', 'command']
    )
  })
})
