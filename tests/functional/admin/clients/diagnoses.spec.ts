import { test } from '@japa/runner'
import type { Assert } from '@japa/assert'
import db from '@adonisjs/lucid/services/db'
import * as openid from 'openid-client'
import { appUrl } from '#config/app'
import { ChangeClient } from '#actions/clients/change_client'
import { commandActor } from '#audit/actor'
import { Prune } from '#jobs/prune'
import Client from '#models/oidc/client'
import ClientFailure from '#models/oidc/client_failure'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { signedInAs } from '#tests/support/people/administrator'
import { MEMBER, signedInMember } from '#tests/support/people/member'
import { aRequest, aSite, CALLBACK, siteClient } from '#tests/support/sites/site'
import { heardDuring } from '#tests/support/statements'
import { type Language, t, type Values } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'

const LEFT = 'https://shop.example.com/left'

interface Scene {
  secret: string
  config: openid.Configuration
  visitor: Visitor
  /** An authorization request with some parameters changed; `null` leaves one out. */
  ask(change: Record<string, string | null>): Promise<unknown>
  /** A token request as the site's own program sends it. */
  tokens(fields: Record<string, string>, secret?: string | null): Promise<unknown>
  /** A code for a sign-in that went well so far, and what it is redeemed with. */
  code(): Promise<Record<string, string>>
}

/** What the words about a request are filled in with. */
type Told = (said: { tail: string; differences(...keys: string[]): string }) => Values

/** The requests that go wrong, and what is told about each beside its reason. */
const DIAGNOSED: [reason: string, what: (scene: Scene) => Promise<unknown>, told?: Told][] = [
  [
    'client_id',
    ({ ask }) => ask({ client_id: 'Shpo' }).then(() => ask({ client_id: 'Shop' })),
    () => ({ came: 'Shop', clientId: 'shop' }),
  ],
  [
    'redirect_uri',
    ({ ask }) => ask({ redirect_uri: `http://shop.example.com/callback/?mail=${MEMBER}` }),
    ({ differences }) => ({
      came: 'http://shop.example.com/callback/?mail=…',
      registered: CALLBACK,
      nearest: CALLBACK,
      differences: differences('scheme', 'slash', 'query'),
    }),
  ],
  [
    'post_logout_redirect_uri',
    ({ visitor }) =>
      visitor.get(
        `/oidc/session/end?client_id=shop&post_logout_redirect_uri=${encodeURIComponent('https://shop.example.com:8443/Left')}`
      ),
    ({ differences }) => ({
      came: 'https://shop.example.com:8443/Left',
      registered: LEFT,
      nearest: LEFT,
      differences: differences('port', 'letter_case'),
    }),
  ],
  ['pkce_missing', ({ ask }) => ask({ code_challenge: null, code_challenge_method: null })],
  ['pkce_plain', ({ ask }) => ask({ code_challenge_method: 'plain' }), () => ({ came: 'plain' })],
  [
    'pkce_verifier',
    async ({ code, tokens }) => tokens({ ...(await code()), code_verifier: 'x'.repeat(50) }),
  ],
  ['response_type', ({ ask }) => ask({ response_type: 'token' }), () => ({ came: 'token' })],
  [
    'scope',
    async ({ ask }) => {
      await Client.query().update({ scopes: '["openid"]' })
      await ask({ scope: 'openid email' })
    },
    () => ({ came: 'openid email', scopes: 'openid' }),
  ],
  [
    'secret_wrong',
    ({ tokens }) => tokens({ grant_type: 'refresh_token' }, 'wrong'.repeat(9)),
    ({ tail }) => ({ inUse: tail }),
  ],
  [
    'secret_retired',
    async ({ tokens, secret }) => {
      const deed = { deed: 'rotate', graceMs: 0, secret: 'b'.repeat(41) + 'zz' } as const
      await new ChangeClient().handle('shop', deed, commandActor())
      await tokens({ grant_type: 'refresh_token' }, secret)
    },
    ({ tail }) => ({ tail, inUse: '…zz' }),
  ],
  [
    'secret_missing',
    ({ tokens }) => tokens({ grant_type: 'refresh_token', client_id: 'shop' }, null),
  ],
  [
    'secret_unexpected',
    async ({ tokens, secret }) => {
      await Client.query().update({ kind: 'browser' })
      await tokens({ grant_type: 'refresh_token' }, secret)
    },
  ],
  [
    'grant_type',
    ({ tokens }) => tokens({ grant_type: 'password', username: MEMBER, password: 'x' }),
    () => ({ came: 'password' }),
  ],
  [
    'code_expired',
    async ({ code, tokens }) => {
      const fields = await code()
      const before = sqlTime(now().minus({ seconds: 1 }))
      await db
        .from('oidc_payloads')
        .where('model', 'AuthorizationCode')
        .update({ expires_at: before })
      await tokens(fields)
    },
    () => ({ issuer: appUrl }),
  ],
  [
    'code_reused',
    async ({ code, tokens }) => {
      const fields = await code()
      await tokens(fields)
      await tokens(fields)
    },
  ],
  [
    'code_unknown',
    async ({ code, tokens }) => tokens({ ...(await code()), code: 'nobody-gave-this' }),
  ],
  [
    'code_redirect_uri',
    async ({ code, tokens }) =>
      tokens({ ...(await code()), redirect_uri: 'http://shop.example.com/callback' }),
    () => ({ came: 'http://shop.example.com/callback' }),
  ],
  [
    'refresh_token',
    ({ tokens }) => tokens({ grant_type: 'refresh_token', refresh_token: 'nobody-gave-this' }),
  ],
  ['other', ({ ask }) => ask({ max_age: '-1' }), () => ({ error: 'invalid_request' })],
]

test.group('What went wrong at a site', (group) => {
  group.each.setup(emptyDatabase)

  async function scene(): Promise<Scene> {
    const secret = await aSite({ postLogoutRedirectUris: [LEFT] })
    const config = await siteClient(secret)
    const { visitor } = await signedInMember()
    const tokens: Scene['tokens'] = (fields, sent = secret) =>
      fetch(`${appUrl}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: sent === null ? {} : { authorization: `Basic ${btoa(`shop:${sent}`)}` },
      })
    return {
      secret,
      config,
      visitor,
      tokens,
      async ask(change) {
        const { url } = await aRequest(config)
        for (const [name, value] of Object.entries(change)) {
          if (value === null) url.searchParams.delete(name)
          else url.searchParams.set(name, value)
        }
        return visitor.get(url.href)
      },
      async code() {
        const verifier = openid.randomPKCECodeVerifier()
        const challenge = await openid.calculatePKCECodeChallenge(verifier)
        const { url } = await aRequest(config, { code_challenge: challenge })
        const { location } = await visitor.get(url.href)
        return {
          grant_type: 'authorization_code',
          code: new URL(location).searchParams.get('code')!,
          redirect_uri: CALLBACK,
          code_verifier: verifier,
        }
      },
    }
  }

  async function assertShown(assert: Assert, told: (language: Language) => string[]) {
    const { publicId } = await Client.findByOrFail('clientId', 'shop')
    for (const language of ['ko', 'en'] as const) {
      const admin = await signedInAs('admin', language)
      const page = await admin.get(`/admin/clients/${publicId}`)
      assert.equal(page.status, 200)
      for (const one of told(language)) assert.include(page.words, one)
    }
  }

  for (const [reason, does, told = () => ({})] of DIAGNOSED) {
    test(`is said in Korean and English, with what to do: ${reason}`, async ({ assert }) => {
      const stage = await scene()
      await does(stage)
      const kept = await ClientFailure.all()
      assert.deepEqual([...new Set(kept.map((one) => one.reason))], [reason])
      const text = JSON.stringify(kept)
      for (const secret of [stage.secret, MEMBER]) assert.notInclude(text, secret)
      const tail = `…${stage.secret.slice(-2)}`
      await assertShown(assert, (language) => {
        const differences = (...keys: string[]) =>
          keys.map((key) => t(`site_diagnoses.differences.${key}`, {}, language)).join(', ')
        const values = told({ tail, differences })
        const [what, why, todo] = ['what', 'why', 'todo'].map((part) =>
          t(`site_diagnoses.${reason}.${part}`, values, language)
        )
        return [what, why, ...todo.split('\n')]
      })
    })
  }

  test('is said of sign-ins that repeat, because the site accepts nothing: its clock', async ({
    assert,
  }) => {
    const { code, tokens } = await scene()
    for (let times = 0; times < 5; times++) await tokens(await code())
    await assertShown(assert, (language) => [
      t('site_diagnoses.clock.what', {}, language),
      ...t('site_diagnoses.clock.todo', { issuer: appUrl }, language).split('\n'),
    ])
  })

  test('counts what was started, finished, refused and cancelled in a day', async ({ assert }) => {
    const { ask, code, tokens, config } = await scene()
    await tokens(await code())
    await code()
    await ask({ scope: 'openid' })
    await ask({ redirect_uri: 'https://evil.example/' })
    await new Visitor().get((await aRequest(config)).url.href)
    const before = sqlTime(now().minus({ seconds: 1 }))
    await db
      .from('oidc_payloads')
      .where('model', 'AuthorizationCode')
      .whereNull('consumed_at')
      .update({ expires_at: before })
    await assertShown(assert, (language) => {
      const what = t('site_diagnoses.redirect_uri.what', {}, language)
      const times = t('site_diagnoses.reason_times', { count: 1 }, language)
      return [
        `${t('health.endings.started', {}, language)} 5`,
        `${t('health.endings.finished', {}, language)} 1`,
        `${t('health.endings.failed', {}, language)} 3`,
        `${what} · ${times}`,
      ]
    })
  })

  test('is kept of a flood only in part, and not for ever', async ({ assert }) => {
    const { ask } = await scene()
    for (let times = 0; times < 30; times++) await ask({ response_type: 'token' })
    const kept = await ClientFailure.all()
    assert.isAtLeast(kept.length, ClientFailure.MOST_A_MINUTE)
    assert.isAtMost(kept.length, 2 * ClientFailure.MOST_A_MINUTE)

    const rows = Array.from({ length: 250 }, (_, at) => ({
      client_id: kept[0].clientId,
      reason: 'other',
      details: '{}',
      occurred_at: sqlTime(now().minus({ minutes: 250 - at })),
    }))
    await db.table('client_failures').multiInsert(rows)
    await new Prune().handle()
    assert.lengthOf(await ClientFailure.all(), ClientFailure.MOST_OF_A_SITE)
    await ClientFailure.query().update({ occurredAt: sqlTime(now().minus({ days: 15 })) })
    await new Prune().handle()
    assert.isEmpty(await ClientFailure.all())
  })

  test('costs a request that is refused one statement more', async ({ assert }) => {
    const { ask } = await scene()
    const heard = await heardDuring(() => ask({ response_type: 'token' }))
    assert.deepEqual(
      heard.filter((one) => one.includes('failures')),
      ['insert client_failures']
    )
  })
})
