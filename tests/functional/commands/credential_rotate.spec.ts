import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'
import { now } from '#time/clock'
import { ace, aceHere } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const SECRET = 'Zq3-vErY.$ecret_7w'

const rotate = (args: string[], input = `${SECRET}\n`, env: Record<string, string> = {}) =>
  Object.keys(env).length > 0
    ? ace(['credential:rotate', ...args], input, env)
    : aceHere(['credential:rotate', ...args], input)
const standing = async () =>
  (await ProviderCredential.query().orderBy('id')).map(({ status }) => status)
const activeOf = async (provider: Provider) =>
  ProviderCredential.findOrFail((await provider.refresh()).activeCredentialId)

test.group('credential:rotate', (group) => {
  group.each.setup(emptyDatabase)
  group.each.timeout(60_000)

  test('a new secret is in use, the old one retires; the same again changes nothing', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const { code, output } = await rotate(['naver', '--secret-stdin'])
    assert.equal(code, 0, output)
    assert.notInclude(output, SECRET)

    const active = await activeOf(provider)
    assert.equal(active.revealSecret(), SECRET)
    assert.equal(active.clientId, 'first-client-id')
    const old = await ProviderCredential.findByOrFail('status', 'retiring')
    assert.closeTo(old.retireUntil!.diffNow('hours').hours, 24, 0.1)
    assert.include(output, old.retireUntil!.toISO()!)

    const again = await rotate(['naver', '--secret-stdin', '--grace=0'])
    assert.equal(again.code, 0, again.output)
    assert.include(again.output, 'already')
    assert.deepEqual(await standing(), ['retiring', 'active'])

    const entries = await AuditEntry.query().orderBy('id')
    assert.deepEqual(
      entries.map(({ action, via }) => `${via} ${action}`),
      ['command credential.added', 'command credential.retired', 'command credential.activated']
    )
    assert.notInclude(JSON.stringify(entries), SECRET)
  })

  test('--grace says how long the old one serves; 0 revokes it at once', async ({ assert }) => {
    await aProvider({ enabled: true })
    assert.equal((await rotate(['naver', '--secret-stdin', '--grace=30m'])).code, 0)
    const first = await ProviderCredential.findByOrFail('status', 'retiring')
    assert.closeTo(first.retireUntil!.diffNow('minutes').minutes, 30, 1)

    const leaked = await rotate(['naver', '--secret-stdin', '--grace', '0'], 'another-secret\n')
    assert.equal(leaked.code, 0, leaked.output)
    assert.include(leaked.output, 'revoked')
    assert.deepEqual(await standing(), ['retiring', 'revoked', 'active'])
  })

  test('Kakao may have another REST key', async ({ assert }) => {
    const provider = await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    const { code } = await rotate(['kakao', '--client-id=rest-key-2', '--secret-stdin'])
    assert.equal(code, 0)
    assert.equal((await activeOf(provider)).clientId, 'rest-key-2')
  })

  test('the secret that was replaced comes back: a roll back', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await rotate(['naver', '--secret-stdin'])
    const { code, output } = await rotate(['naver', '--secret-stdin'], 'first-secret-value\n')
    assert.equal(code, 0, output)
    assert.equal((await activeOf(provider)).revealSecret(), 'first-secret-value')
    assert.deepEqual(await standing(), ['active', 'draft'])
  })

  test('a sandbox provider keeps to its own keys', async ({ assert }) => {
    const provider = await aProvider({
      sandbox: true,
      clientId: 'sandboxNaverClient01',
      clientSecret: 'sandboxOne',
    })
    const real = await rotate(['naver', '--secret-stdin'])
    assert.equal(real.code, 1)
    assert.include(real.output, 'provider:set')
    assert.equal((await rotate(['naver', '--secret-stdin'], 'sandboxTwo\n')).code, 0)
    assert.equal((await activeOf(provider)).revealSecret(), 'sandboxTwo')

    const hidden = await rotate(['naver', '--secret-stdin'], undefined, { SANDBOX: 'false' })
    assert.equal(hidden.code, 1)
    assert.include(hidden.output, 'no provider')
  })

  for (const [what, args, input, words] of [
    ['an unknown provider', ['shop', '--secret-stdin'], SECRET, 'no provider'],
    ['no secret flag', ['naver'], SECRET, 'secret-stdin'],
    ['an empty secret', ['naver', '--secret-stdin'], '', 'no client secret'],
    ['an empty line', ['naver', '--secret-stdin'], '\n', 'no client secret'],
    ['an empty secret for Kakao', ['kakao', '--secret-stdin'], '\n', 'no client secret'],
    ['two lines', ['naver', '--secret-stdin'], `${SECRET}\nmore\n`, 'one line'],
    ['a masked secret', ['naver', '--secret-stdin'], '**********\n', 'masked'],
    ['a client id with a space', ['naver', '--client-id=a b', '--secret-stdin'], SECRET, 'client'],
    ['another application', ['naver', '--client-id=x', '--secret-stdin'], SECRET, 'application'],
    ['too short a grace', ['naver', '--secret-stdin', '--grace=5m'], SECRET, '--grace'],
    ['no time at all', ['naver', '--secret-stdin', '--grace=soon'], SECRET, '--grace'],
  ] as const) {
    test(`refuses ${what}, and then nothing has changed`, async ({ assert }) => {
      const provider = await aProvider({ enabled: true })
      await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
      const user = await User.create({ name: '이회원' })
      const link = { userId: user.id, providerId: provider.id, subject: '1', scopes: [] }
      await Identity.create({ ...link, linkedAt: now() })

      const { code, output } = await rotate([...args], input)
      assert.equal(code, 1, output)
      assert.include(output, words)
      assert.notInclude(output, SECRET)
      assert.deepEqual(await standing(), ['active', 'active'])
      assert.lengthOf(await AuditEntry.all(), 0)
    }).skip(isRunElsewhere('mysql'), ELSEWHERE)
  }

  test('refuses where no key is in use: there is nothing to replace', async ({ assert }) => {
    const provider = await aProvider()
    await provider.merge({ activeCredentialId: null }).save()
    const { code, output } = await rotate(['naver', '--secret-stdin'])
    assert.equal(code, 1)
    assert.include(output, 'provider:set')
  })
})
