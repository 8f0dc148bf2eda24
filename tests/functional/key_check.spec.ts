import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import KeyCheck, { rememberSecretsKey, secretsKeyOpens } from '#models/key_check'
import { seal } from '#crypto/sealed'

test.group('Key check', (group) => {
  group.each.setup(async () => {
    const rollBack = await testUtils.db().withGlobalTransaction()
    /* Servers that other tests spawn store one. */
    await KeyCheck.query().delete()
    return rollBack
  })

  test('a database without a stored value opens', async ({ assert }) => {
    assert.isTrue(await secretsKeyOpens())
  })

  test('the value is stored once and stays as it was', async ({ assert }) => {
    await rememberSecretsKey()
    const { sealed } = await KeyCheck.firstOrFail()
    await rememberSecretsKey()

    const after = await KeyCheck.firstOrFail()
    assert.equal(after.sealed, sealed)
    assert.isTrue(await secretsKeyOpens())
  })

  test('a value that no key opens is noticed', async ({ assert }) => {
    await rememberSecretsKey()
    const check = await KeyCheck.firstOrFail()
    check.sealed = seal('another purpose', 'secrets')
    await check.save()

    assert.isFalse(await secretsKeyOpens())
  })
})
