import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { freezeTime, test, timeTravel } from '@japa/runner'
import { RevokeCredential } from '#actions/credentials/revoke_credential'
import { JOB } from '#audit/actor'
import { appUrl } from '#config/app'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import ReceivedNotice from '#models/received_notice'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { providerOrigins } from '#start/env'
import { emptyDatabase } from '#tests/support/database'
import {
  faults,
  startProviderServer,
  type ProviderServer,
} from '#tests/support/servers/provider_server'
import { rawRequest } from '#tests/support/raw_request'
import { t } from '#tests/support/texts'
import {
  makeCredential,
  makeProvider,
  providersAt,
  signInWith,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const UNLINKED = 'https://schemas.openid.net/secevent/oauth/event-type/user-unlinked'
const PURGED = 'https://schemas.openid.net/secevent/risc/event-type/account-purged'

/* Times that would count as now, as never or for ever; in seconds since 1970, if at all. */
const IMPLAUSIBLE = [
  ...[-1e15, -1, 0, 1.5, 1e9 + 0.5, 1e15, 2 ** 53, 8.64e12, now().toSeconds() + 3_600],
  ...[now().toMillis(), 'now', '1764288000', null, Number.NaN, [], {}, true],
]

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
    for (const nobody of ['0', '-1', 'null', 'undefined', '']) {
      assert.equal((await call(fieldsOf(nobody))).status, 400, nobody)
    }
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
      ...(await Promise.all(
        IMPLAUSIBLE.flatMap((time) =>
          Number.isFinite(time) ? [{ toe: time }, { iat: time }] : [{ toe: time }]
        ).map(async (claims) => ['invalid_request', await sign(claims)] as const)
      )),
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

test.group("Kakao's signed events, signed by the simulator", (group) => {
  const world = withProviders(group)
  let provider: Provider
  let visitor: Visitor
  let event: string

  /* What the simulator would send is caught on its way, so that it can be altered and sent again. */
  group.each.setup(async () => {
    provider = await makeProvider(world.server, 'kakao', { requiredFields: [] })
    visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    await ageLinks()

    let caught = ''
    const catcher = createServer(async (request, response) => {
      caught = await text(request)
      response.writeHead(202).end()
    })
    await new Promise<void>((resolve) => catcher.listen(0, '127.0.0.1', resolve))
    const { port } = catcher.address() as AddressInfo
    world.server.kakao.appOf('kakao-client-id')!.noticeUrl = `http://127.0.0.1:${port}/`
    await world.server.disconnect('kakao', { notice: 'event' })
    catcher.close()
    event = caught
  })

  const ageLinks = () => Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })

  const post = (body: string) =>
    rawRequest(appUrl, {
      method: 'POST',
      path: '/webhooks/kakao/unlinked',
      headers: { 'content-type': 'application/secevent+jwt' },
      body,
    })

  test('another byte in header, claims or signature fails', async ({ assert }) => {
    const parts = event.split('.')
    for (const [index, part] of parts.entries()) {
      /* Not the very last: of its six bits the signature uses two. */
      for (let at = 0; at < part.length - 1; at += Math.ceil(part.length / 40)) {
        const altered = part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1)
        const answer = await post(parts.with(index, altered).join('.'))
        assert.equal(answer.status, 400, `part ${index}, byte ${at}`)
      }
    }
    assert.lengthOf(await ReceivedNotice.all(), 0)
    assert.isTrue(await visitor.isSignedIn())
    assert.equal((await post(event)).status, 202)
    assert.isFalse(await visitor.isSignedIn())
  })

  test('counts once, however often it is sent', async ({ assert }) => {
    for (let sent = 0; sent < 3; sent++) assert.equal((await post(event)).status, 202)
    assert.lengthOf(await ReceivedNotice.all(), 1)

    /* Not even where the link seems older than it. */
    await signInWith(world.server, visitor, 'kakao')
    await ageLinks()
    assert.equal((await post(event)).status, 202)
    assert.isTrue(await visitor.isSignedIn())
    assert.lengthOf(await ReceivedNotice.all(), 1)
  })

  test('a new secret of the same client id does not make it one of a former key', async ({
    assert,
  }) => {
    await ProviderCredential.query().update({ status: 'retiring' })
    await makeCredential(provider, 'kakao-client-id', 'the-new-secret')
    assert.equal((await post(event)).status, 202)
    assert.isFalse((await ReceivedNotice.firstOrFail()).byRetiring)
  })

  test('for a REST key that retires it does no more than unlink; once that is revoked, nothing', async ({
    assert,
  }) => {
    await provider.merge({ onUnlink: 'suspend' }).save()
    const former = await ProviderCredential.firstOrFail()
    await former.merge({ status: 'retiring' }).save()
    await makeCredential(provider, 'another-rest-key', 'the-new-secret')
    assert.equal((await post(event)).status, 202)
    assert.isTrue((await ReceivedNotice.firstOrFail()).byRetiring)
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isFalse((await User.firstOrFail()).isSuspended)

    await new RevokeCredential().handle(former, { actor: JOB })
    const answer = await post(event)
    assert.equal(answer.status, 400)
    assert.equal(JSON.parse(answer.text).err, 'invalid_audience')
  })
})

test.group("Kakao's signed events, and keys that do not come", (group) => {
  const world = withProviders(group)

  /* The simulator, as Kakao, waits for three seconds; then it would say that nobody answers. */
  test('are refused within three seconds, and taken when the keys are there', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao', { requiredFields: [] })
    const arrive = async () => {
      const visitor = new Visitor()
      await signInWith(world.server, visitor, 'kakao')
      await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })
      return visitor
    }
    const visitor = await arrive()
    world.server.spoil('/.well-known/jwks.json', faults.hang, Infinity)

    const said = await world.server.disconnect('kakao', { notice: 'event' })
    const told = { person: '김민준', app: 'kakao-client-id' }
    assert.equal(said, t('sandbox.disconnected_refused', { ...told, status: 400 }))
    assert.isTrue(await visitor.isSignedIn())

    world.server.mend()
    await arrive()
    assert.equal(
      await world.server.disconnect('kakao', { notice: 'event' }),
      t('sandbox.disconnected_accepted', { ...told, status: 202 })
    )
    assert.isFalse(await visitor.isSignedIn())
    assert.equal((await ReceivedNotice.firstOrFail()).providerId, provider.id)
  })
})

/** An event of this second about somebody who is nobody here, to be signed. */
function unlinkedNow() {
  return new SignJWT({
    iss: 'https://kauth.kakao.com',
    aud: 'kakao-client-id',
    sub: '12345',
    iat: Math.floor(now().toSeconds()),
    jti: crypto.randomUUID(),
    events: { [UNLINKED]: {} },
  })
}

test.group("Kakao's signed events, and keys that strangers have fetched", (group) => {
  const KEYS = '/.well-known/jwks.json'
  let server: ProviderServer

  /* An origin for each test: what is known of the keys of one is kept for minutes. */
  group.each.setup(async () => {
    await emptyDatabase()
    server = await startProviderServer()
    const before = { ...providerOrigins }
    Object.assign(providerOrigins, providersAt(server.origin))
    await makeProvider(server, 'kakao', { requiredFields: [] })
    return async () => {
      Object.assign(providerOrigins, before)
      await server.close()
    }
  })

  const post = (body: string) =>
    rawRequest(appUrl, {
      method: 'POST',
      path: '/webhooks/kakao/unlinked',
      headers: { 'content-type': 'application/secevent+jwt' },
      body,
    })
  const forged = (kid: string) => {
    const header = { alg: 'RS256', typ: 'secevent+jwt', kid }
    const claims = { iss: 'https://kauth.kakao.com', aud: 'kakao-client-id', sub: '1', jti: kid }
    return [header, claims, 'no signature']
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
  }
  const errorOf = async (jwt: string) => JSON.parse((await post(jwt)).text).err

  test('an endless answer is left after 256 KiB, and not asked for again by every stranger', async ({
    assert,
  }) => {
    /* A second later it may be asked for again, and a busy machine takes one. */
    freezeTime()
    server.spoil(KEYS, { kind: 'flood', bytes: 400 * 1_024 * 1_024 }, Infinity)
    const before = process.memoryUsage().rss
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_one, index) => errorOf(forged(`k${index}`)))
    )
    assert.deepEqual(new Set(answers), new Set(['invalid_key']))
    assert.equal(server.count(KEYS), 1)
    assert.isBelow(process.memoryUsage().rss - before, 150 * 1_024 * 1_024)
  })

  test('twenty events that name keys nobody has make two calls, one after the other', async ({
    assert,
  }) => {
    let [under, most] = [0, 0]
    server.beforeAnswer = async (path) => {
      if (path !== KEYS) return
      most = Math.max(most, ++under)
      await new Promise((resolve) => setTimeout(resolve, 50))
      under--
    }
    freezeTime()
    await Promise.all(Array.from({ length: 10 }, (_one, index) => errorOf(forged(`a${index}`))))
    for (let index = 0; index < 10; index++) {
      assert.equal(await errorOf(forged(`b${index}`)), 'invalid_key')
    }
    assert.isAtMost(server.count(KEYS), 2)
    assert.equal(most, 1)
  })

  test('a minute later a new key of Kakao is found', async ({ assert }) => {
    assert.equal(await errorOf(forged('k1')), 'invalid_key')
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const key = { ...(await exportJWK(publicKey)), kid: 'new', alg: 'RS256', use: 'sig' }
    server.spoil(KEYS, faults.json({ keys: [key] }), Infinity)
    const signed = () =>
      unlinkedNow()
        .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid: 'new' })
        .sign(privateKey)
    assert.equal((await post(await signed())).status, 400)
    timeTravel(new Date(Date.now() + 61_000))
    assert.equal((await post(await signed())).status, 202)
  })

  test('a clock that is set back keeps nobody from asking for keys', async ({ assert }) => {
    server.spoil(KEYS, faults.json({}))
    assert.equal(await errorOf(forged('k1')), 'invalid_key')
    timeTravel(new Date(Date.now() - 3_600_000))
    assert.equal(await errorOf(forged('k2')), 'invalid_key')
    assert.equal(server.count(KEYS), 2)
  })

  test('only what RS256 has signed is believed, also by a key that would take more', async ({
    assert,
  }) => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const keys = Object.entries({ rsa, ec }).map(([kid, { publicKey }]) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
    }))
    server.spoil(KEYS, faults.json({ keys }), Infinity)
    const signed = (alg: string) =>
      unlinkedNow()
        .setProtectedHeader({ alg, typ: 'secevent+jwt', kid: alg === 'ES256' ? 'ec' : 'rsa' })
        .sign((alg === 'ES256' ? ec : rsa).privateKey)
    for (const alg of ['RS384', 'RS512', 'PS256', 'ES256']) {
      assert.equal(await errorOf(await signed(alg)), 'invalid_request', alg)
    }
    assert.equal((await post(await signed('RS256'))).status, 202)
  })

  for (const [what, body] of [
    ['no set of keys', { keys: 'none' }],
    ['keys that are none', { keys: [{ kty: 'RSA', kid: 'k1', n: '!', e: 7 }] }],
  ] as const) {
    test(`${what}: the event is refused as one whose key is unknown`, async ({ assert }) => {
      server.spoil(KEYS, faults.json(body), Infinity)
      assert.equal(await errorOf(forged('k1')), 'invalid_key')
    })
  }
})
