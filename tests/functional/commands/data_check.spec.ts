import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import Identity from '#models/identity'
import Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'
import ProviderCredential from '#models/provider_credential'
import Registration from '#models/registration'
import SecondFactor from '#models/second_factor'
import SignInAttempt from '#models/sign_in_attempt'
import Site from '#models/site/site'
import User from '#models/user'
import UserSession from '#models/user_session'
import { CheckData } from '#actions/data/check_data'
import { now, sqlTime } from '#time/clock'
import { ace, aceHere } from '#tests/support/ace'
import { aDocument } from '#tests/support/sites/documents'
import { aSite } from '#tests/support/sites/site'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'

/** A small healthy site: a provider, a person who came through it, their session and attempt. */
async function aHealthySite() {
  const provider = await aProvider({ enabled: true })
  await User.create({
    name: '김관리',
    role: 'admin',
    email: 'boss@example.net',
    password: 'x'.repeat(12),
  })
  const user = await User.create({ name: '김회원' })
  const identity = new Identity()
  identity.fill({ userId: user.id, providerId: provider.id, subject: '1', scopes: [] })
  identity.linkedAt = now()
  await identity.save()
  await UserSession.create({
    tokenHash: 'hash',
    userId: user.id,
    identityId: identity.id,
    authenticatedAt: now(),
    seenAt: now(),
    createdAt: now(),
    expiresAt: now(),
    lapsesAt: now(),
  })
  await SignInAttempt.create({
    intent: 'sign_in',
    providerId: provider.id,
    userId: user.id,
    identityId: identity.id,
    startedAt: now(),
    expiresAt: now(),
    claimedAt: now(),
    finishedAt: now(),
    outcome: 'signed_in',
    steps: [],
  })
  return { provider, user, identity }
}

type HealthySite = Awaited<ReturnType<typeof aHealthySite>>

/** What a crash in a worse application could leave, and what has to be said of it. */
const DAMAGES: { what: RegExp; damage: (site: HealthySite) => Promise<unknown> }[] = [
  { what: /half-made/, damage: () => User.create({ name: '반쪽' }) },
  {
    what: /site that no visitor could come back to/,
    damage: async () => {
      await aSite()
      await db.from('clients').update({ redirect_uris: '[]' })
    },
  },
  {
    what: /site with a secret that it cannot keep/,
    damage: async () => {
      await aSite()
      await db.from('clients').update({ kind: 'browser' })
    },
  },
  {
    what: /document that says nothing/,
    damage: async () => {
      await aDocument('terms')
      await db.from('document_versions').delete()
    },
  },
  {
    what: /version of a document with both/,
    damage: async () => {
      await aDocument('terms')
      await db.from('document_versions').update({ text: null })
    },
  },
  {
    what: /without an agreement to a required document/,
    damage: async ({ user }) => {
      await aDocument('terms')
      await user.merge({ duties: (await Site.present()).duties }).save()
    },
  },
  {
    what: /password without a proved address/,
    damage: ({ user }) => db.from('users').where('id', user.id).update({ password: 'hash' }),
  },
  {
    what: /on without an active credential/,
    damage: async () => {
      await db.from('providers').update({ active_credential_id: null })
      await db.from('provider_credentials').update({ status: 'draft' })
    },
  },
  {
    what: /not one of its own/,
    damage: () => db.from('provider_credentials').update({ status: 'draft' }),
  },
  {
    what: /"active" that its provider does not use/,
    damage: ({ provider }) =>
      ProviderCredential.create({ providerId: provider.id, clientId: 'x', status: 'active' }),
  },
  {
    what: /revoked credential that still has its secret/,
    damage: async ({ provider }) => {
      const credential = new ProviderCredential()
      credential.fill({ providerId: provider.id, clientId: 'x', status: 'revoked' })
      credential.keepSecret('a-secret-value')
      await credential.save()
    },
  },
  {
    what: /retiring credential without an end/,
    damage: ({ provider }) =>
      ProviderCredential.create({ providerId: provider.id, clientId: 'x', status: 'retiring' }),
  },
  {
    what: /never claimed or never finished/,
    damage: () => db.from('sign_in_attempts').update({ finished_at: null }),
  },
  {
    what: /ended without a result/,
    damage: () => db.from('sign_in_attempts').update({ outcome: null }),
  },
  {
    what: /failed attempt without a reason/,
    damage: () => db.from('sign_in_attempts').update({ outcome: 'failed' }),
  },
  {
    what: /attempt that signed in through an identity of somebody else/,
    damage: async () => {
      const other = await User.create({
        name: '남',
        email: 'other@example.net',
        password: 'x'.repeat(12),
      })
      await db.from('sign_in_attempts').update({ user_id: other.id })
    },
  },
  {
    what: /session through an identity of somebody else/,
    damage: async () => {
      const other = await User.create({
        name: '남',
        email: 'other@example.net',
        password: 'x'.repeat(12),
      })
      await db.from('user_sessions').update({ user_id: other.id })
    },
  },
  {
    what: /second factor that is on and has no confirmed secret/,
    damage: async ({ user }) => {
      await SecondFactor.withFreshSecret(user.id).save()
      await user.merge({ secondFactorAt: now() }).save()
    },
  },
  {
    what: /confirmed second factor of somebody for whom it is off/,
    damage: ({ user }) =>
      SecondFactor.withFreshSecret(user.id).merge({ confirmedAt: now() }).save(),
  },
  {
    what: /ended link at a provider that still has tokens/,
    damage: async ({ identity }) => {
      identity.sealTokens({
        accessToken: 'a',
        refreshToken: null,
        expiresIn: 1,
        scopes: null,
        clientId: 'client',
      })
      await identity.merge({ unlinkedAt: now() }).save()
    },
  },
  {
    what: /told of events and has no secret/,
    damage: async () => {
      await aSite({ webhookUrl: 'https://shop.example.com/events' })
      await db.from('clients').update({ webhook_secret: null })
    },
  },
  {
    what: /former webhook secret without an end/,
    damage: async () => {
      await aSite()
      await db.from('clients').update({ webhook_previous_until: sqlTime(now()) })
    },
  },
  {
    what: /message to a site that was both sent and given up/,
    damage: async () => {
      await aSite()
      const client = await Client.firstOrFail()
      const word = { client, kind: 'logout', member: 'somebody' } as const
      await db.transaction((trx) => SiteMessage.queue([word], trx))
      const time = sqlTime(now())
      await db.from('site_messages').update({ sent_at: time, given_up_at: time })
    },
  },
  {
    what: /waiting sign-up of an address that somebody has proved/,
    damage: async ({ user }) => {
      await user.merge({ email: 'member@example.net' }).save()
      await Registration.create({
        email: 'member@example.net',
        name: '김회원',
        password: 'a-hash',
        tokenHash: 'hash',
        browserHash: 'hash',
        expiresAt: now(),
      })
    },
  },
  {
    what: /nobody can administer/,
    damage: () => db.from('users').where('role', 'admin').delete(),
  },
  {
    what: /nobody can administer/,
    damage: () =>
      db
        .from('users')
        .where('role', 'admin')
        .update({ suspended_at: sqlTime(now()) }),
  },
  {
    what: /client_secret that no key opens/,
    damage: () => db.from('provider_credentials').update({ client_secret: 'secrets.v1:a.b.c' }),
  },
]

test.group('data:check', (group) => {
  group.each.setup(() => emptyDatabase())
  /* What the last test broke must not stand in the way of undoing the migrations. */
  group.teardown(() => emptyDatabase())

  test('finds nothing wrong with a healthy site, and says by how many rules', async ({
    assert,
  }) => {
    await aHealthySite()
    const { code, output } = await ace(['data:check'])
    assert.equal(code, 0, output)
    assert.match(output, /Nothing is wrong by \d+ rules/)
  }).timeout(30_000)

  test('prints findings as JSON for scripts, and exits with 1', async ({ assert }) => {
    await aHealthySite()
    const half = await User.create({ name: '반쪽' })
    const { code, output } = await aceHere(['data:check', '--json'])
    assert.equal(code, 1)
    const { findings } = JSON.parse(output.slice(output.indexOf('{')))
    assert.lengthOf(findings, 1)
    assert.equal(findings[0].count, 1)
    assert.deepEqual(findings[0].examples, [half.publicId])
  }).timeout(30_000)

  for (const { what, damage } of DAMAGES) {
    test(`finds: ${what.source}`, async ({ assert }) => {
      await damage(await aHealthySite())
      const { findings } = await new CheckData().handle()
      assert.lengthOf(findings, 1)
      assert.match(findings[0].problem, what)
    })
  }

  test('finds a reference to a row that is gone', async ({ assert }) => {
    const { user } = await aHealthySite()
    const isSqlite = db.connection().dialect.name === 'better-sqlite3'
    const connection = await db.connection().knexQuery().client.acquireConnection()
    const run = (sql: string) => (isSqlite ? connection.exec(sql) : connection.promise().query(sql))
    try {
      await run(isSqlite ? 'PRAGMA foreign_keys = OFF' : 'SET FOREIGN_KEY_CHECKS = 0')
      await run(`DELETE FROM users WHERE id = ${user.id}`)
    } finally {
      await run(isSqlite ? 'PRAGMA foreign_keys = ON' : 'SET FOREIGN_KEY_CHECKS = 1')
      await db.connection().knexQuery().client.releaseConnection(connection)
    }

    const { findings } = await new CheckData().handle()
    const problems = findings.map(({ problem }) => problem)
    assert.include(problems, 'identities.user_id names a row of users that is gone')
    assert.include(problems, 'user_sessions.user_id names a row of users that is gone')
  })
})
