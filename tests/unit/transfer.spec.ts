import { test } from '@japa/runner'
import { readDocument, writeDocument, type ProviderRecord } from '#transfer/document'
import { openByPassphrase, sealByPassphrase } from '#transfer/passphrase'
import { orderAfter } from '#transfer/plan'

const PASSPHRASE = '비밀스러운 긴 암호문 하나'

test.group('What a passphrase seals', () => {
  test('opens with the same passphrase, however its Hangul is composed', async ({ assert }) => {
    const sealed = await sealByPassphrase(PASSPHRASE.normalize('NFD'), '{"a":1}', 'bound')
    const opened = await openByPassphrase(PASSPHRASE.normalize('NFC'), sealed, 'bound')
    assert.deepEqual(opened, { kind: 'opened', text: '{"a":1}' })
  }).timeout(60_000)

  test('is another each time, and says nothing', async ({ assert }) => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => sealByPassphrase(PASSPHRASE, 'the secret', 'bound'))
    )
    for (const part of ['salt', 'iv', 'check', 'sealed'] as const) {
      assert.notEqual(one[part], other[part])
      assert.notInclude(one[part], Buffer.from('the secret').toString('base64url'))
    }
  }).timeout(60_000)

  test('tells a wrong passphrase from an altered file', async ({ assert }) => {
    const sealed = await sealByPassphrase(PASSPHRASE, 'the secret', 'bound')
    const open = async (passphrase: string, changes = {}, bound = 'bound') =>
      (await openByPassphrase(passphrase, { ...sealed, ...changes }, bound)).kind

    assert.equal(await open(`${PASSPHRASE} `), 'wrong_passphrase')
    assert.equal(await open(PASSPHRASE, { salt: sealed.iv }), 'wrong_passphrase')
    assert.equal(await open(PASSPHRASE, {}, 'bounds'), 'tampered')
    assert.equal(await open(PASSPHRASE, { iv: sealed.salt.slice(0, 16) }), 'tampered')
    assert.equal(await open(PASSPHRASE, { sealed: sealed.sealed.slice(0, -4) }), 'tampered')
    assert.equal(await open(PASSPHRASE, { sealed: '' }), 'tampered')
  }).timeout(60_000)
})

test.group('A file of providers', () => {
  const record: ProviderRecord = {
    key: 'naver',
    driver: 'naver',
    enabled: true,
    onUnlink: 'suspend',
    settings: {
      label: '네이버',
      hidden: false,
      scopes: [],
      requiredFields: ['email'],
      emailPolicy: 'never',
      allowSignUp: true,
      syncProfile: 'always',
      hideWhenFailing: false,
    },
  }

  test('reads back as it was written, also what follows an ended link', async ({ assert }) => {
    const reading = await readDocument(await writeDocument([record], null), undefined)
    assert.deepEqual(reading.ok && reading.document.providers, [record])
  })

  test('of before there was that choice has none, under a passphrase too', async ({ assert }) => {
    const { onUnlink, ...older } = record
    assert.isString(onUnlink)
    const sealing = { secrets: [], passphrase: PASSPHRASE }
    for (const text of [
      await writeDocument([older], null),
      await writeDocument([older], sealing),
    ]) {
      assert.notInclude(text, 'onUnlink')
      const reading = await readDocument(text, PASSPHRASE)
      assert.deepEqual(reading.ok && reading.document.providers, [older])
    }
  }).timeout(60_000)

  test('cannot have the choice slipped in where keys are sealed', async ({ assert }) => {
    const { onUnlink, ...older } = record
    const sealing = { secrets: [], passphrase: PASSPHRASE }
    const file = JSON.parse(await writeDocument([older], sealing))
    file.providers[0].onUnlink = onUnlink
    const reading = await readDocument(JSON.stringify(file), PASSPHRASE)
    assert.deepEqual(reading, { ok: false, problem: { name: 'tampered' } })
  }).timeout(60_000)
})

test.group('The order after an import', () => {
  for (const [before, wanted, after] of [
    ['', 'abc', 'abc'],
    ['abc', 'abc', 'abc'],
    ['abc', 'cba', 'cba'],
    ['abc', 'b', 'abc'],
    ['abcd', 'db', 'adcb'],
    ['ca', 'abc', 'abc'],
    ['ab', 'xab', 'xab'],
    ['ab', 'xy', 'abxy'],
    ['xay', 'ab', 'xaby'],
  ]) {
    test(`${before || 'nothing'} and a file with ${wanted}: ${after}`, ({ assert }) => {
      const order = orderAfter([...before], [...wanted])
      assert.equal(order.join(''), after)
      assert.deepEqual(orderAfter(order, [...wanted]), order, 'once more changes nothing')
    })
  }
})
