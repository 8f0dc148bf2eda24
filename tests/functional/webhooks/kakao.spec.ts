import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import { now, sqlTime } from '#models/clock'
import { rawRequest } from '#tests/support/raw_request'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const UNLINKED = 'https://schemas.openid.net/secevent/oauth/event-type/user-unlinked'
const PURGED = 'https://schemas.openid.net/secevent/risc/event-type/account-purged'

test.group("Kakao's notices", (group) => {
  const world = withProviders(group)
  let provider: Provider
  let visitor: Visitor
  let subject: string

  group.each.setup(async () => {
    provider = await makeProvider(world.server, 'kakao', { requiredFields: [], appRef: '1000001' })
    provider.keepAdminKey('former-admin-key')
    provider.keepAdminKey('present-admin-key')
    await provider.save()
    visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    subject = world.server.kakao.subjectOf('minjun', 'kakao-client-id')
    await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })
  })

  const call = (
    fields: Record<string, string>,
    { method = 'POST', key = 'present-admin-key' }: { method?: string; key?: string | null } = {}
  ) => {
    const encoded = new URLSearchParams(fields).toString()
    const isGet = method === 'GET'
    return rawRequest(appUrl, {
      method,
      path: `/webhooks/kakao/unlinked${isGet ? `?${encoded}` : ''}`,
      headers: {
        ...(key !== null && { authorization: `KakaoAK ${key}` }),
        ...(!isGet && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: isGet ? undefined : encoded,
    })
  }
  const fieldsOf = (userId: string) => ({
    app_id: '1000001',
    user_id: userId,
    referrer_type: 'UNLINK_FROM_APPS',
  })

  for (const method of ['GET', 'POST']) {
    for (const key of ['present-admin-key', 'former-admin-key']) {
      test(`${method} with the ${key}: the link, its tokens and sessions end`, async ({
        assert,
      }) => {
        assert.equal((await call(fieldsOf(subject), { method, key })).status, 200)
        const identity = await Identity.firstOrFail()
        assert.isTrue(identity.isUnlinked)
        assert.isNull(identity.accessToken)
        assert.isFalse(await visitor.isSignedIn())
        assert.equal((await ReceivedNotice.firstOrFail()).byRetiring, key === 'former-admin-key')
      })
    }
  }

  test('an unknown person is 200 as well; another app, another key or none do nothing', async ({
    assert,
  }) => {
    assert.equal((await call(fieldsOf('123456'))).status, 200)
    assert.equal((await call({ ...fieldsOf(subject), app_id: '2' })).status, 403)
    assert.equal((await call({ app_id: '1000001' })).status, 400)
    for (const key of ['another-key', 'present-admin-ke', '', null]) {
      assert.equal((await call(fieldsOf(subject), { key })).status, 401)
    }
    assert.isTrue(await visitor.isSignedIn())
    assert.isFalse((await Identity.firstOrFail()).isUnlinked)
  })

  test('twice is as good as once, and signing in again finds the same user', async ({ assert }) => {
    await Promise.all([call(fieldsOf(subject)), call(fieldsOf(subject)), call(fieldsOf(subject))])
    const { userId } = await Identity.firstOrFail()
    await signInWith(world.server, visitor, 'kakao')
    const identity = await Identity.firstOrFail()
    assert.isFalse(identity.isUnlinked)
    assert.equal(identity.userId, userId)
  })

  test('signed events: who, for whom, by which key, and nothing else', async ({ assert }) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const other = await generateKeyPair('RS256')
    const keys = {
      keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }],
    }
    world.server.spoil(
      '/.well-known/jwks.json',
      {
        kind: 'answer',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(keys),
      },
      Infinity
    )
    const post = (body: string) =>
      rawRequest(appUrl, {
        method: 'POST',
        path: '/webhooks/kakao/unlinked',
        headers: { 'content-type': 'application/secevent+jwt' },
        body,
      })
    const sign = (
      claims: Record<string, unknown> = {},
      header: Record<string, unknown> = {},
      key: Parameters<SignJWT['sign']>[0] = privateKey
    ) =>
      new SignJWT({
        iss: 'https://kauth.kakao.com',
        aud: 'kakao-client-id',
        sub: subject,
        iat: Math.floor(now().toSeconds()),
        jti: crypto.randomUUID(),
        events: { [UNLINKED]: { subject: { subject_type: 'iss-sub', sub: subject } } },
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid: 'k1', ...header })
        .sign(key)

    const good = await sign()
    const [head, body, signature] = good.split('.')
    const none = Buffer.from('{"alg":"none","typ":"secevent+jwt"}').toString('base64url')
    for (const [err, jwt] of [
      ['invalid_issuer', await sign({ iss: 'https://evil.example' })],
      ['invalid_audience', await sign({ aud: 'another-app' })],
      ['invalid_key', await sign({}, { kid: 'k2' })],
      ['authentication_failed', await sign({}, {}, other.privateKey)],
      [
        'authentication_failed',
        `${head}.${body}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
      ],
      ['invalid_request', await sign({}, { typ: 'JWT' })],
      ['invalid_request', await sign({ jti: undefined })],
      ['invalid_request', `${none}.${body}.`],
      ['invalid_request', 'not a token'],
      ['invalid_request', ''],
    ]) {
      const answer = await post(jwt)
      assert.equal(answer.status, 400, err)
      assert.equal(JSON.parse(answer.text).err, err)
    }
    assert.isTrue(await visitor.isSignedIn())
    /* An unknown key is asked for once a minute, not for every call. */
    for (let index = 0; index < 5; index++) await post(await sign({}, { kid: `k${index}-unknown` }))
    assert.isAtMost(world.server.count('/.well-known/jwks.json'), 2)

    assert.equal(
      (await post(await sign({ events: { 'https://x/user-scope-consent': {} } }))).status,
      202
    )
    assert.isTrue(await visitor.isSignedIn())
    assert.equal((await post(good)).status, 202)
    assert.isFalse(await visitor.isSignedIn())

    /* The same event again, after the person came back. */
    await signInWith(world.server, visitor, 'kakao')
    assert.equal((await post(good)).status, 202)
    assert.isTrue(await visitor.isSignedIn())
    await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })
    assert.equal((await post(await sign({ events: { [PURGED]: {} } }))).status, 202)
    assert.isFalse(await visitor.isSignedIn())
  })
})
