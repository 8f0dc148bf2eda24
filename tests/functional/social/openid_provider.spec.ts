import { test } from '@japa/runner'
import { generateKeyPair, type JWTPayload } from 'jose'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import { DRIVERS } from '#protocol/drivers'
import { callbackUrl } from '#trip/driver_for'
import { providerOrigins } from '#start/env'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { OpenIdDriver } from '#tests/support/servers/openid_driver'
import {
  agreeAt,
  OPENID_CLIENT,
  PERSON,
  signed,
  startOpenIdProvider,
} from '#tests/support/servers/openid_provider'
import { t } from '#tests/support/texts'
import { departOn, prepareTrial } from '#tests/support/trial'
import { makeCredential, makeProviderRow, start } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const KEY = 'id'
const CALLBACK = callbackUrl({ key: KEY })
const MINUTE = 60

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (header: object, claims: JWTPayload) => `${encoded(header)}.${encoded(claims)}.`

test.group('A provider that speaks OpenID Connect', (group) => {
  let server: Awaited<ReturnType<typeof startOpenIdProvider>>

  group.each.setup(async () => {
    await emptyDatabase()
    server = await startOpenIdProvider(CALLBACK)
    DRIVERS[KEY] = OpenIdDriver
    providerOrigins.ID_AUTH_ORIGIN = server.origin
    providerOrigins.ID_TOKEN_ORIGIN = server.origin.replace('127.0.0.1', 'localhost')
    providerOrigins.ID_API_ORIGIN = server.origin
    return () => {
      delete DRIVERS[KEY]
      for (const host of ['AUTH', 'TOKEN', 'API']) delete providerOrigins[`ID_${host}_ORIGIN`]
      server.close()
    }
  })

  async function makeIt() {
    const provider = await makeProviderRow(KEY, { scopes: [...OpenIdDriver.defaults.scopes] })
    const credential = await makeCredential(provider, OPENID_CLIENT.id, OPENID_CLIENT.secret)
    return { provider, credential }
  }

  async function trip(visitor: Visitor) {
    const started = await start(visitor, KEY, { next: '/article' })
    const page = await visitor.get(await agreeAt(started.location, CALLBACK))
    return { authorize: new URL(started.location).searchParams, page }
  }

  test('needs one driver and one line, and signs a person in', async ({ assert }) => {
    await makeIt()
    const visitor = new Visitor()
    const { authorize, page } = await trip(visitor)
    assert.equal(authorize.get('scope'), 'openid profile email')
    assert.match(authorize.get('nonce')!, /^[\w-]{43}$/)
    assert.notEqual(authorize.get('nonce'), authorize.get('state'))

    assert.equal(page.location, '/article')
    const identity = await Identity.query().preload('user').firstOrFail()
    assert.equal(identity.subject, PERSON.sub)
    assert.equal(identity.user.email, PERSON.email)
    assert.include((await visitor.get('/')).words, PERSON.name)
  })

  test('each trip has a nonce of its own', async ({ assert }) => {
    await makeIt()
    const visitor = new Visitor()
    /* One form session for both, as two tabs have it. */
    await visitor.get('/user/login')
    const nonces = await Promise.all([trip(visitor), trip(visitor)])
    assert.lengthOf(new Set(nonces.map(({ authorize }) => authorize.get('nonce'))), 2)
  })

  const now = () => Math.floor(Date.now() / 1000)
  const sign = (claims: JWTPayload) => signed(claims, server.privateKey)
  const ATTACKS: [title: string, code: string, forge: (claims: JWTPayload) => Promise<string>][] = [
    ['the nonce of another trip', 'nonce', (claims) => sign({ ...claims, nonce: 'x'.repeat(43) })],
    ['no nonce', 'nonce', ({ nonce, ...claims }) => sign(claims)],
    ['another issuer', 'iss', (claims) => sign({ ...claims, iss: 'https://evil.example' })],
    ['another audience', 'aud', (claims) => sign({ ...claims, aud: 'somebody-else' })],
    [
      'several audiences, and issued to another',
      'azp',
      (claims) => sign({ ...claims, aud: [OPENID_CLIENT.id, 'else'], azp: 'else' }),
    ],
    [
      'several audiences, issued to nobody',
      'azp',
      (claims) => sign({ ...claims, aud: [OPENID_CLIENT.id, 'else'] }),
    ],
    ['an end that is past', 'expired', (claims) => sign({ ...claims, exp: now() - 3 * MINUTE })],
    ['no end', 'exp', ({ exp, ...claims }) => sign(claims)],
    ['an hour of age', 'expired', (claims) => sign({ ...claims, iat: now() - 60 * MINUTE })],
    [
      'a person other than the profile has',
      'sub',
      (claims) => sign({ ...claims, sub: 'person-2' }),
    ],
    [
      'a key that the provider does not have',
      'key_unknown',
      async (claims) =>
        signed(claims, (await generateKeyPair('RS256')).privateKey, { kid: 'key-2' }),
    ],
    [
      'a key of their own under the name of the real one',
      'signature',
      async (claims) => signed(claims, (await generateKeyPair('RS256')).privateKey),
    ],
    ['alg none', 'algorithm', async (claims) => unsigned({ alg: 'none' }, claims)],
    [
      'alg HS256',
      'algorithm',
      async (claims) => `${unsigned({ alg: 'HS256', kid: 'key-1' }, claims)}AAAA`,
    ],
    ['something else', 'malformed', async () => 'not a token'],
    ['nothing in its place', 'missing', async () => ''],
  ]

  for (const [title, code, forge] of ATTACKS) {
    test(`an ID token with ${title} signs nobody in (${code})`, async ({ assert }) => {
      await makeIt()
      server.forge = forge
      const visitor = new Visitor()
      const { page } = await trip(visitor)

      assert.include(page.location, 'failure=id_token_refused')
      assert.isFalse(await visitor.isSignedIn())
      assert.lengthOf(await Identity.all(), 0)
      const attempt = await SignInAttempt.firstOrFail()
      assert.equal(attempt.failure, 'id_token_refused')
      assert.equal(attempt.steps.at(-1)!.code, code)
    })
  }

  test('a profile of somebody else than the ID token signs nobody in', async ({ assert }) => {
    await makeIt()
    server.profile = { sub: 'person-2' }
    const { page } = await trip(new Visitor())
    assert.include(page.location, 'failure=id_token_refused')
    assert.lengthOf(await Identity.all(), 0)
  })

  test('a trial tells administrators what is wrong with an ID token', async ({ assert }) => {
    const { provider, credential } = await makeIt()
    server.forge = (claims) => sign({ ...claims, nonce: 'of another trip' })
    const admin = await signedInAs('admin')
    const trial = await prepareTrial(admin, provider, credential)
    const departed = await departOn(admin, trial)
    const report = await admin.visit(await agreeAt(departed.location, CALLBACK))
    const what = t('diagnoses.general.id_token_refused.what', { provider: provider.label })
    assert.include(report.words, what)
    assert.include(report.words, '(nonce)')
  })
})
