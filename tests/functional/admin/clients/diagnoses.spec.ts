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
import { Visitor } from '#tests/support/visitor'

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

/** The requests that go wrong, and what administrators read of each, in Korean and English. */
const DIAGNOSED: [
  reason: string,
  what: (scene: Scene) => Promise<unknown>,
  korean: string[],
  english: string[],
][] = [
  [
    'client_id',
    ({ ask }) => ask({ client_id: 'Shpo' }).then(() => ask({ client_id: 'Shop' })),
    ['등록되지 않은 클라이언트 ID', '‘Shop’', '‘shop’'],
    ['Unknown client id', '“Shop”', '“shop”'],
  ],
  [
    'redirect_uri',
    ({ ask }) => ask({ redirect_uri: `http://shop.example.com/callback/?mail=${MEMBER}` }),
    [
      '온 주소: http://shop.example.com/callback/?mail=…',
      `등록된 주소: ${CALLBACK}`,
      'http와 https, 끝의 빗금(/), 물음표(?) 뒤',
    ],
    [
      'It came: http://shop.example.com/callback/?mail=…',
      `Registered: ${CALLBACK}`,
      'http and https, the slash (/) at the end',
    ],
  ],
  [
    'post_logout_redirect_uri',
    ({ visitor }) =>
      visitor.get(
        `/oidc/session/end?client_id=shop&post_logout_redirect_uri=${encodeURIComponent('https://shop.example.com:8443/Left')}`
      ),
    ['로그아웃 후 주소', 'https://shop.example.com:8443/Left', '포트, 대문자와 소문자'],
    ['after signing out', 'https://shop.example.com:8443/Left', 'port, upper and lower case'],
  ],
  [
    'pkce_missing',
    ({ ask }) => ask({ code_challenge: null, code_challenge_method: null }),
    ['PKCE 없음', 'code_challenge가 없습니다'],
    ['No PKCE', 'has no code_challenge'],
  ],
  [
    'pkce_plain',
    ({ ask }) => ask({ code_challenge_method: 'plain' }),
    ['지원하지 않는 PKCE 방식', '‘plain’'],
    ['PKCE method that is not supported', '“plain”'],
  ],
  [
    'pkce_verifier',
    async ({ code, tokens }) => tokens({ ...(await code()), code_verifier: 'x'.repeat(50) }),
    ['PKCE 값이 맞지 않음', 'code_verifier'],
    ['PKCE value that does not match', 'code_verifier'],
  ],
  [
    'response_type',
    ({ ask }) => ask({ response_type: 'token' }),
    ['지원하지 않는 response_type', '‘token’'],
    ['response_type that is not supported', '“token”'],
  ],
  [
    'scope',
    async ({ ask }) => {
      await Client.query().update({ scopes: '["openid"]' })
      await ask({ scope: 'openid email' })
    },
    ['등록되지 않은 scope', '요청한 scope: openid email', '등록된 scope: openid'],
    ['Scope that is not registered', 'Requested: openid email', 'for this site: openid'],
  ],
  [
    'secret_wrong',
    ({ tokens }) => tokens({ grant_type: 'refresh_token' }, 'wrong'.repeat(9)),
    ['틀린 시크릿', '사용 중인 시크릿은 끝이 …TAIL'],
    ['Wrong secret', 'The one in use ends in …TAIL'],
  ],
  [
    'secret_retired',
    async ({ tokens, secret }) => {
      const deed = { deed: 'rotate', graceMs: 0, secret: 'b'.repeat(41) + 'zz' } as const
      await new ChangeClient().handle('shop', deed, commandActor())
      await tokens({ grant_type: 'refresh_token' }, secret)
    },
    ['이미 끝난 시크릿', '(끝이 …TAIL)', '사용 중인 시크릿은 끝이 …zz'],
    ['Secret that has ended', '(ending in …TAIL)', 'in use ends in …zz'],
  ],
  [
    'secret_missing',
    ({ tokens }) => tokens({ grant_type: 'refresh_token', client_id: 'shop' }, null),
    ['시크릿 없음', '시크릿을 보내지 않았습니다'],
    ['No secret', 'sent no secret'],
  ],
  [
    'secret_unexpected',
    async ({ tokens, secret }) => {
      await Client.query().update({ kind: 'browser' })
      await tokens({ grant_type: 'refresh_token' }, secret)
    },
    ['맞지 않는 인증 방식', 'client_secret_basic'],
    ['Wrong way to authenticate', 'client_secret_basic'],
  ],
  [
    'grant_type',
    ({ tokens }) => tokens({ grant_type: 'password', username: MEMBER, password: 'x' }),
    ['지원하지 않는 grant_type', '‘password’'],
    ['grant_type that is not supported', '“password”'],
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
    ['만료된 코드', '1분이 지난 뒤에', appUrl],
    ['Expired code', 'longer than a minute', appUrl],
  ],
  [
    'code_reused',
    async ({ code, tokens }) => {
      const fields = await code()
      await tokens(fields)
      await tokens(fields)
    },
    ['다시 쓴 코드', '처음 준 토큰도 함께 끝났습니다'],
    ['Code used again', 'the tokens it gave have ended too'],
  ],
  [
    'code_unknown',
    async ({ code, tokens }) => tokens({ ...(await code()), code: 'nobody-gave-this' }),
    ['알 수 없는 코드'],
    ['Unknown code'],
  ],
  [
    'code_redirect_uri',
    async ({ code, tokens }) =>
      tokens({ ...(await code()), redirect_uri: 'http://shop.example.com/callback' }),
    ['redirect_uri가 다름', 'http://shop.example.com/callback'],
    ['Another redirect_uri', 'http://shop.example.com/callback'],
  ],
  [
    'refresh_token',
    ({ tokens }) => tokens({ grant_type: 'refresh_token', refresh_token: 'nobody-gave-this' }),
    ['쓸 수 없는 리프레시 토큰', 'offline_access'],
    ['Refresh token that cannot be used', 'offline_access'],
  ],
  [
    'other',
    ({ ask }) => ask({ max_age: '-1' }),
    ['잘못된 요청', 'invalid_request'],
    ['Malformed request', 'invalid_request'],
  ],
]

test.group('What went wrong at a site', (group) => {
  group.each.setup(emptyDatabase)

  async function scene(): Promise<Scene> {
    const secret = await aSite({ postLogoutRedirectUris: ['https://shop.example.com/left'] })
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

  async function assertShown(assert: Assert, words: Record<string, string[]>) {
    const { publicId } = await Client.findByOrFail('clientId', 'shop')
    for (const [language, expected] of Object.entries(words)) {
      const admin = await signedInAs('admin', language)
      const page = await admin.get(`/admin/clients/${publicId}`)
      assert.equal(page.status, 200)
      for (const one of expected) assert.include(page.words, one)
    }
  }

  for (const [reason, does, korean, english] of DIAGNOSED) {
    test(`is said in Korean and English, with what to do: ${reason}`, async ({ assert }) => {
      const stage = await scene()
      await does(stage)
      const kept = await ClientFailure.all()
      assert.deepEqual([...new Set(kept.map((one) => one.reason))], [reason])
      const text = JSON.stringify(kept)
      for (const secret of [stage.secret, MEMBER]) assert.notInclude(text, secret)
      const tail = stage.secret.slice(-2)
      const withTail = (words: string[]) => words.map((one) => one.replace('TAIL', tail))
      await assertShown(assert, { ko: withTail(korean), en: withTail(english) })
    })
  }

  test('is said of sign-ins that repeat, because the site accepts nothing: its clock', async ({
    assert,
  }) => {
    const { code, tokens } = await scene()
    for (let times = 0; times < 5; times++) await tokens(await code())
    await assertShown(assert, {
      ko: ['사이트의 시계를 확인해 주세요', appUrl],
      en: ['Sign-ins repeat: check', appUrl],
    })
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
    await assertShown(assert, {
      ko: ['시작 5', '완료 1', '실패 3', '등록되지 않은 돌아갈 주소 · 1번'],
      en: ['Started 5', 'Finished 1', 'Failed 3', 'not registered · once'],
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
