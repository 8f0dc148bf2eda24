import { test } from '@japa/runner'
import { RotateOldSigningKeys } from '#jobs/rotate_old_signing_keys'
import AuditEntry from '#models/audit_entry'
import SigningKey from '#models/oidc/signing_key'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { aSite, siteClient } from '#tests/support/sites/site'
import { appUrl } from '#config/app'

const grownOld = () => SigningKey.query().update({ createdAt: sqlTime(now().minus({ days: 91 })) })

const published = async () => {
  const response = await fetch(`${appUrl}/oidc/jwks`)
  const { keys } = (await response.json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}

test.group('The keys for ID tokens', (group) => {
  group.each.setup(() => emptyDatabase())

  test('the first is made when it is needed, and written down', async ({ assert }) => {
    await siteClient(await aSite())
    const keys = await published()
    assert.lengthOf(keys, 1)
    const entries = await AuditEntry.query().where('action', 'signing_key.added')
    assert.deepEqual(
      entries.map(({ subjectId, via }) => [subjectId, via]),
      [[keys[0], 'job']]
    )
  })

  test('an old one is followed by another, once, which signs a day later', async ({ assert }) => {
    await new RotateOldSigningKeys().handle()
    assert.isEmpty(await SigningKey.all(), 'nobody needs one')

    const [first] = await published()
    await new RotateOldSigningKeys().handle()
    assert.lengthOf(await SigningKey.all(), 1, 'it is not old')

    await grownOld()
    const jobs = Array.from({ length: 4 }, () => new RotateOldSigningKeys().handle())
    const rotated = (await Promise.all(jobs)).map((outcome) => outcome.rotated)
    assert.sameMembers(rotated, [1, 0, 0, 0])
    const keys = await published()
    assert.lengthOf(keys, 2)
    assert.equal(keys[0], first, 'the old one still signs')
    const [next] = await SigningKey.query().whereNot('publicId', first)
    assert.isAbove(next.signsFrom.diff(now(), 'hours').hours, 23)
  })
})
