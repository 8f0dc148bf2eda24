import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import OutgoingMail from '#models/outgoing_mail'
import Client from '#models/oidc/client'
import ProviderCredential from '#models/provider_credential'
import Revocation from '#models/revocation'
import SecondFactor from '#models/second_factor'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import WaitingCode from '#models/waiting_code'
import { now } from '#time/clock'
import { rememberSecretsKey } from '#models/key_check'
import { SEALED_COLUMNS } from '#crypto/sealed'
import { RotateSigningKeys } from '#actions/clients/rotate_signing_keys'
import { RotateWebhookSecret } from '#actions/clients/rotate_webhook_secret'
import { commandActor } from '#audit/actor'
import { DatabaseAdapter } from '#oidc/adapter'
import { aSite } from '#tests/support/sites/site'
import { ace } from '#tests/support/ace'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'

const FORMER = process.env.SECRETS_KEY!
const NEW = 'a-new-secrets-key-of-44-characters-for-tests'
const BOTH = { SECRETS_KEY: NEW, SECRETS_KEY_PREVIOUS: FORMER }

/** Everything that is sealed, in one row each. */
async function everything() {
  await rememberSecretsKey()
  const provider = await aProvider({ key: 'kakao', driver: 'kakao' })
  provider.keepAdminKey('first-admin-key')
  provider.keepAdminKey('second-admin-key')
  await provider.save()
  const user = await User.create({ name: '김회원', email: 'member@example.net' })
  const tokens = {
    accessToken: 'access',
    refreshToken: 'refresh',
    expiresIn: 60,
    scopes: null,
    clientId: 'client',
  }
  const identity = new Identity()
  identity.fill({
    userId: user.id,
    providerId: provider.id,
    subject: '1',
    scopes: [],
    linkedAt: now(),
  })
  identity.sealTokens(tokens)
  await identity.save()
  const pending = new PendingIdentity()
  pending.fill({
    browserHash: 'browser',
    providerId: provider.id,
    subject: '2',
    purpose: 'prove',
    expiresAt: now(),
  })
  pending.keepProfile({ subject: '2' } as never)
  pending.sealTokens(tokens)
  await pending.save()
  await SecondFactor.withFreshSecret(user.id).save()
  const attempt = await SignInAttempt.create({
    intent: 'sign_in',
    startedAt: now(),
    expiresAt: now(),
    steps: [],
  })
  await aSite({ pairwise: true, webhookUrl: 'https://shop.example.com/events' })
  await new RotateWebhookSecret().handle(await Client.firstOrFail(), 3_600_000, commandActor())
  await new RotateSigningKeys().handle('now', commandActor())
  await new DatabaseAdapter('Interaction').upsert('uid', { clientId: 'shop' }, 60)
  await WaitingCode.keep(attempt, { code: 'code', state: 'state' }, [])
  await identity.load('provider')
  await db.transaction(async (trx) => {
    await OutgoingMail.tellOfIdentity(user, 'identity_linked', provider.label, trx)
    await Revocation.queue(identity, { cause: 'withdrawn', person: user }, trx)
  })
}

/** Every stored text of the database that is sealed, by where it stands. */
async function sealedValues(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const table of await db.connection().getAllTables()) {
    for (const row of await db.from(table).select('*')) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === 'string' && value.startsWith('secrets.')) {
          found.set(`${table}.${column}`, value)
        }
      }
    }
  }
  return found
}

test.group('secrets:rekey', (group) => {
  group.each.setup(async () => {
    await emptyDatabase()
    /* What is left would be under a key that no other test has. */
    return emptyDatabase
  })
  group.each.timeout(60_000)

  test('after it the new key alone opens everything, and twice is as good as once', async ({
    assert,
  }) => {
    await everything()
    const before = await sealedValues()
    assert.sameMembers(
      [...before.keys()],
      SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
    )

    const first = await ace(['secrets:rekey'], '', BOTH)
    assert.equal(first.code, 0, first.output)
    const after = await sealedValues()
    for (const [place, value] of after) assert.notEqual(value, before.get(place), place)

    const second = await ace(['secrets:rekey'], '', { SECRETS_KEY: NEW, SECRETS_KEY_PREVIOUS: '' })
    assert.equal(second.code, 0, second.output)
    assert.deepEqual(await sealedValues(), after)
    for (const secret of [FORMER, NEW, 'first-secret-value', 'second-admin-key']) {
      assert.notInclude(first.output + second.output, secret)
    }
  })

  test('what no key opens is counted and left as it was; the rest is done', async ({ assert }) => {
    await everything()
    const credential = await ProviderCredential.firstOrFail()
    const broken = `${credential.clientSecret!.slice(0, -6)}AAAAAA`
    await ProviderCredential.query().update({ clientSecret: broken })

    const { code, output } = await ace(['secrets:rekey'], '', BOTH)
    assert.equal(code, 1)
    assert.match(output, /provider_credentials\.client_secret: 0 .*, 1 unreadable/)
    assert.match(output, /identities\.access_token: 1 encrypted anew/)
    await credential.refresh()
    assert.equal(credential.clientSecret, broken)
  })

  test('with the former key missing nothing is changed', async ({ assert }) => {
    await everything()
    const before = await sealedValues()

    const { code } = await ace(['secrets:rekey'], '', { SECRETS_KEY: NEW })
    assert.equal(code, 1)
    assert.deepEqual(await sealedValues(), before)
  })
})
