import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { ace, aceHere } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const SECRET = 'Zq3-vErY.$ecret_7w'
const ADMIN_KEY = 'admin-key-0123456789'

test.group('provider:set', (group) => {
  group.each.setup(emptyDatabase)
  group.each.timeout(60_000)

  test('creates a provider with its keys in use, and prints no secret', async ({ assert }) => {
    const { code, output } = await ace(
      [
        'provider:set',
        'kakao',
        '--client-id=rest-key',
        '--admin-key-stdin',
        '--secret-stdin',
        '--enable',
        '--required=email',
        '--email-policy=never',
        '--label=카카오톡',
      ],
      `${ADMIN_KEY}\n${SECRET}\n`
    )
    assert.equal(code, 0, output)
    assert.include(output, `${appUrl}/user/login/social/kakao/callback/`)
    for (const secret of [SECRET, ADMIN_KEY]) assert.notInclude(output, secret)

    const provider = await Provider.findByOrFail('key', 'kakao')
    assert.isTrue(provider.isUsable)
    assert.equal(provider.driver, 'kakao')
    assert.equal(provider.label, '카카오톡')
    assert.equal(provider.emailPolicy, 'never')
    assert.deepEqual(provider.requiredFields, ['email'])
    assert.deepEqual(provider.revealAdminKeys(), [ADMIN_KEY])
    assert.notInclude(provider.adminKey!, ADMIN_KEY)
    const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
    assert.equal(credential.revealSecret(), SECRET)
  })

  test('takes a Kakao client without a secret, and switches it on and off', async ({ assert }) => {
    const kakao = async (...flags: string[]) => {
      const { code, output } = await ace(['provider:set', 'kakao', ...flags])
      assert.equal(code, 0, output)
      return Provider.findByOrFail('key', 'kakao')
    }
    const provider = await kakao('--client-id=rest-key', '--without-secret', '--no-disable')
    assert.isTrue(provider.enabled)
    assert.isNull((await ProviderCredential.findOrFail(provider.activeCredentialId)).clientSecret)
    assert.isFalse((await kakao('--no-enable')).enabled)
  })

  test('changes settings alone, leaving the rest and the keys as they are', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const { code } = await aceHere(['provider:set', 'naver', '--disable', '--required='])
    assert.equal(code, 0)
    const changed = await Provider.findOrFail(provider.id)
    assert.isFalse(changed.enabled)
    assert.deepEqual(changed.settings, { ...provider.settings, requiredFields: [] })
    assert.equal(changed.activeCredentialId, provider.activeCredentialId)
  })

  test('a new secret is in use at once and the old one retires; the same again changes nothing', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    for (let time = 0; time < 2; time++) {
      const { code, output } = await aceHere(['provider:set', 'naver', '--secret-stdin'], SECRET)
      assert.equal(code, 0, output)
    }
    await provider.load('credentials')
    assert.sameMembers(
      provider.credentials.map(({ status }) => status),
      ['retiring', 'active']
    )
    await provider.refresh()
    const active = await ProviderCredential.findOrFail(provider.activeCredentialId)
    assert.equal(active.clientId, 'first-client-id')
    assert.equal(active.revealSecret(), SECRET)
  })

  for (const SANDBOX of ['true', 'false']) {
    test(`replaces a sandbox provider, with SANDBOX=${SANDBOX}`, async ({ assert }) => {
      await aProvider({ sandbox: true, enabled: true })
      const { code, output } = await ace(
        ['provider:set', 'naver', '--client-id=real', '--secret-stdin', '--enable'],
        `${SECRET}\r\n`,
        { SANDBOX }
      )
      assert.equal(code, 0, output)
      assert.match(output, /practice provider naver is gone, with 1 key\./)
      const [provider, ...others] = await Provider.all()
      assert.isEmpty(others)
      assert.isFalse(provider.sandbox)
      assert.isTrue(provider.enabled)
    })
  }

  for (const [what, args, input, words] of [
    ['no driver for the key', ['shop', '--client-id=a', '--secret-stdin'], SECRET, '--driver'],
    ['an unknown driver', ['shop', '--driver=x', '--client-id=a', '--secret-stdin'], SECRET, 'dri'],
    ['no keys for a new provider', ['naver', '--enable'], '', '--client-id'],
    ['an empty secret for Naver', ['naver', '--client-id=a', '--secret-stdin'], '\n', 'secret'],
    ['an empty one for Kakao', ['kakao', '--client-id=a', '--secret-stdin'], '\n', 'empty line'],
    [
      'an admin key for Naver',
      ['naver', '--client-id=a', '--secret-stdin', '--admin-key-stdin'],
      `${SECRET}\n${ADMIN_KEY}\n`,
      'no admin key',
    ],
    [
      'a secret and none',
      ['kakao', '--client-id=a', '--secret-stdin', '--without-secret'],
      SECRET,
      '--without-secret',
    ],
    ['a masked secret', ['naver', '--client-id=a', '--secret-stdin'], '******\n', 'masked'],
    ['a client id with a space', ['naver', '--client-id=a b', '--secret-stdin'], SECRET, 'client'],
    ['too many lines', ['naver', '--client-id=a', '--secret-stdin'], `${SECRET}\nx\n`, 'line'],
    ['both on and off', ['naver', '--enable', '--disable'], '', 'Either'],
    ['neither on nor off', ['naver', '--no-enable', '--no-disable'], '', 'Either'],
    ['a bad key', ['Naver', '--client-id=a', '--secret-stdin'], SECRET, 'key'],
  ] as const) {
    test(`refuses ${what}, and then nothing has changed`, async ({ assert }) => {
      const { code, output } = await aceHere(['provider:set', ...args], input)
      assert.equal(code, 1)
      assert.include(output, words)
      assert.notInclude(output, SECRET)
      assert.isNull(await Provider.first())
    }).skip(isRunElsewhere('mysql'), ELSEWHERE)
  }

  test('if it cannot be switched on, its settings are not changed either', async ({ assert }) => {
    const provider = await aProvider()
    await provider.merge({ activeCredentialId: null }).save()
    const { code } = await aceHere(['provider:set', 'naver', '--enable', '--label=바뀜'])
    assert.equal(code, 1)
    assert.equal((await Provider.findOrFail(provider.id)).label, 'naver')
  })
})

test.group('provider:list', (group) => {
  group.each.setup(emptyDatabase)
  group.each.timeout(60_000)

  test('prints JSON for scripts, without secrets', async ({ assert }) => {
    await aProvider({ clientSecret: SECRET })
    const { code, output } = await aceHere(['provider:list', '--json'])
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(output), [
      {
        key: 'naver',
        driver: 'naver',
        label: 'naver',
        enabled: false,
        hidden: false,
        sandbox: false,
        clientId: 'first-client-id',
        secretLength: SECRET.length,
        callbackUrl: `${appUrl}/user/login/social/naver/callback/`,
        emailPolicy: 'never',
        requiredFields: ['email', 'name'],
      },
    ])
    const table = await aceHere(['provider:list'])
    assert.include(table.output, 'first-client-id')
    assert.notInclude(table.output + output, SECRET)
  })
})
