import * as openid from 'openid-client'
import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { backToSite, siteClientOf } from '#tests/support/sites/site'
import {
  freePort,
  onThisDatabase,
  runAce,
  spawnServer,
} from '#tests/support/servers/spawned_process'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const EXAMPLE = 'http://127.0.0.1:4999'
const [SECRET, ANOTHER] = ['one-start-of-the-example-has-this', 'and-the-next-start-has-this-one..']

test.group('The registration of the example site', (group) => {
  group.each.timeout(90_000)
  group.each.setup(() => emptyDatabase())

  const settings = (more: Record<string, string>) =>
    onThisDatabase({ SANDBOX_CLIENT_URL: EXAMPLE, SANDBOX_CLIENT_SECRET: SECRET, ...more })

  const start = (more: Record<string, string>) =>
    spawnServer(settings(more), { patienceMs: 60_000 })

  async function listed(SANDBOX: string) {
    const { stdout } = await runAce(['client:list', '--json'], settings({ SANDBOX }))
    return JSON.parse(stdout.slice(stdout.indexOf('['))) as { clientId: string; sandbox: boolean }[]
  }

  test('serves while the sandbox is on, and is worth nothing without it', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const PORT = String(await freePort())
    const url = `http://localhost:${PORT}`
    const server = await start({ PORT, SANDBOX: 'true' })
    assert.isTrue(server.live, server.printed.stderr)
    const config = await siteClientOf(url, SECRET, 'example')
    const verifier = openid.randomPKCECodeVerifier()
    const asked = openid.buildAuthorizationUrl(config, {
      redirect_uri: `${EXAMPLE}/callback`,
      scope: 'openid profile email',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const visitor = new Visitor({ base: url })
    const form = await visitor.visit(asked.href)
    const sent = await visitor.submit(form, '/user/login', {
      email: MEMBER,
      password: MEMBER_PASSWORD,
      next: form.fieldValue('next')!,
    })
    const back = await backToSite(visitor, await visitor.get(sent.location))
    const tokens = await openid.authorizationCodeGrant(config, new URL(back), {
      pkceCodeVerifier: verifier,
    })
    await openid.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub)
    assert.deepEqual(
      (await listed('true')).map(({ clientId, sandbox }) => [clientId, sandbox]),
      [['example', true]]
    )
    assert.isEmpty(await AuditEntry.query().where('subject_type', 'client'))
    await server.stop()

    const real = await start({ PORT, SANDBOX: 'false' })
    try {
      assert.isTrue(real.live, real.printed.stderr)
      const page = await new Visitor({ base: url }).visit(asked.href)
      assert.equal(page.status, 400)
      assert.notInclude(page.words, '달빛서점')
      await assert.rejects(
        () => openid.refreshTokenGrant(config, tokens.refresh_token!),
        /server responded with an error/
      )
      const me = await fetch(`${url}/oidc/me`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      })
      assert.equal(me.status, 401)
      assert.isEmpty(await listed('false'))
    } finally {
      await real.stop()
    }
  })

  test('is renewed by each start, with the secret of that start alone', async ({ assert }) => {
    const PORT = String(await freePort())
    const url = `http://localhost:${PORT}`
    for (const [given, other] of [
      [SECRET, ANOTHER],
      [ANOTHER, SECRET],
    ]) {
      const server = await start({ PORT, SANDBOX: 'true', SANDBOX_CLIENT_SECRET: given })
      const ask = async (secret: string) => {
        const config = await siteClientOf(url, secret, 'example')
        return openid.tokenIntrospection(config, 'no-token')
      }
      assert.isFalse((await ask(given)).active)
      await assert.rejects(() => ask(other))
      await server.stop()
    }
    assert.lengthOf(await Client.all(), 1)
  })

  test('gives way to a site that an operator registers by its id, on either side', async ({
    assert,
  }) => {
    const PORT = String(await freePort())
    const register = (SANDBOX: string) =>
      runAce(
        ['client:set', 'example', '--name=Ours', '--redirect-uri=https://ours.example.com/'],
        settings({ SANDBOX })
      )
    for (const SANDBOX of ['false', 'true']) {
      await Client.query().delete()
      await (await start({ PORT, SANDBOX: 'true' })).stop()
      assert.isTrue((await Client.firstOrFail()).sandbox)

      const { exitCode, stdout, stderr } = await register(SANDBOX)
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /^client_secret: \S{43}$/m)
      await (await start({ PORT, SANDBOX: 'true' })).stop()
      const [client, ...others] = await Client.all()
      assert.isEmpty(others)
      assert.containSubset(client.serialize(), { name: 'Ours', sandbox: false })
    }
  })
})
