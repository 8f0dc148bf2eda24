import { setTimeout as wait } from 'node:timers/promises'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as openid from 'openid-client'
import { test } from '@japa/runner'
import SigningKey from '#models/oidc/signing_key'
import { now, sqlTime } from '#time/clock'
import { ace } from '#tests/support/ace'
import { aRequest, aSite, siteClientOf } from '#tests/support/sites/site'
import { sizes } from '#tests/support/sizes'
import { freePort, onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { makeProvider, providersAt, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const PEOPLE = sizes.siteCrowd

/** Waits until something holds, for at most 30 seconds. */
async function until(holds: () => boolean) {
  for (let waited = 0; waited < 30_000 && !holds(); waited += 20) await wait(20)
  if (!holds()) throw new Error('It did not come to that')
}

test.group('A site whose secret and our keys are rotated while people sign in', (group) => {
  const world = withProviders(group)

  group.tap((one) =>
    one
      .timeout(180_000)
      .skip(
        process.env.DB_CONNECTION !== 'mysql',
        'SQLite lets one process write at a time: this is for MySQL'
      )
  )

  test('over two processes: nobody is lost, and every ID token verifies', async ({
    assert,
    cleanup,
  }) => {
    await makeProvider(world.server, 'kakao', { requiredFields: [] })
    const ports = [await freePort(), await freePort()]
    const issuer = `http://localhost:${ports[0]}`
    const settings = onThisDatabase({
      ...providersAt(world.server.origin),
      APP_URL: issuer,
      LOG_LEVEL: 'warn',
      RATE_LIMIT_SCALE: '10000',
    })
    const servers = await Promise.all(
      ports.map((port) => spawnServer({ ...settings, PORT: String(port) }, { patienceMs: 170_000 }))
    )
    cleanup(async () => {
      await Promise.all(servers.map((server) => server.stop()))
    })
    let turn = 0
    /** The same address at whichever process a load balancer would choose. */
    const balanced = (address: string) => {
      const { pathname, search } = new URL(address, issuer)
      return servers[turn++ % servers.length].url + pathname + search
    }

    /* Two servers of the site, which are given a new secret one after the other. */
    const ofSite = async (secret: string) => {
      const config = await siteClientOf(issuer, secret)
      config[openid.customFetch] = (address, options) => fetch(balanced(address), options as never)
      return config
    }
    const first = await ofSite(await aSite())
    const site = [first, first]
    /* What a site does: keeps the keys, and asks for them again where it does not know one. */
    const keys = createRemoteJWKSet(new URL(`${issuer}/oidc/jwks`), { cooldownDuration: 0 })

    const signedIn = { times: 0, byKey: new Map<string, number>() }
    const lost: string[] = []
    let isOver = false

    async function signIn(one: number) {
      const config = site[one % site.length]
      const visitor = new Visitor({ base: issuer })
      const request = await aRequest(config)
      const asked = await visitor.get(balanced(request.url.href))
      const form = await visitor.get(balanced(asked.location))
      const next = form.fieldValue('next')!
      const start = balanced('/user/login/social/kakao')
      const { location } = await visitor.submit(form, start, { next })
      const person = ['minjun', 'seoyeon', 'yerin', 'sungho'][one % 4]
      const callback = await world.server.consent(location, { person })
      const page = await visitor.get(balanced((await visitor.get(balanced(callback))).location))
      const resume = page.refresh?.to
      if (!resume) throw new Error(`No way back: ${page.status} ${page.words}`)
      const back = await visitor.get(balanced(resume))
      const tokens = await request.finish(back.location)
      await jwtVerify(tokens.id_token!, keys, { issuer, audience: 'shop' })
      await openid.refreshTokenGrant(site[one % site.length], tokens.refresh_token!)
      const { kid } = decodeProtectedHeader(tokens.id_token!)
      signedIn.times++
      signedIn.byKey.set(kid!, (signedIn.byKey.get(kid!) ?? 0) + 1)
    }

    const crowd = Array.from({ length: PEOPLE }, async (_, one) => {
      while (!isOver) {
        await signIn(one).catch((error) => lost.push(`${error} ${error.cause ?? ''}`))
      }
    })
    cleanup(() => {
      isOver = true
    })
    /** Lets as many more sign in as there are people. */
    const goesOn = () => {
      const before = signedIn.times
      return until(() => signedIn.times >= before + PEOPLE || lost.length > 0)
    }
    const command = async (...words: string[]) => {
      const { code, output } = await ace(words, '', settings)
      assert.equal(code, 0, output)
      return output
    }

    await goesOn()
    const secret = /client_secret: (\S+)/.exec(
      await command('client:rotate', 'shop', '--grace=10m')
    )![1]
    await goesOn()
    site[0] = await ofSite(secret)
    await goesOn()
    site[1] = site[0]
    await goesOn()

    const [old] = await SigningKey.published()
    await command('signing_keys:rotate', '--after=10m')
    await goesOn()
    assert.deepEqual([...signedIn.byKey.keys()], [old.publicId])
    const next = await SigningKey.query().orderBy('id', 'desc').firstOrFail()
    await SigningKey.query()
      .where('id', next.id)
      .update({ signsFrom: sqlTime(now().minus({ seconds: 1 })) })
    await until(() => (signedIn.byKey.get(next.publicId) ?? 0) >= PEOPLE || lost.length > 0)

    await command('signing_keys:rotate', '--now')
    const [last, ...others] = await SigningKey.published()
    assert.isEmpty(others)
    await until(() => (signedIn.byKey.get(last.publicId) ?? 0) >= PEOPLE || lost.length > 0)
    isOver = true
    await Promise.all(crowd)

    assert.deepEqual(lost, [])
    assert.sameMembers(
      [...signedIn.byKey.keys()],
      [old, next, last].map(({ publicId }) => publicId)
    )
    const printed = servers.map((server) => server.printed.stdout + server.printed.stderr).join('')
    assert.notInclude(printed, 'a site was refused')
    assert.notInclude(printed, secret)
  })
})
