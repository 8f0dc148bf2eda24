import * as openid from 'openid-client'
import { test } from '@japa/runner'
import { RotateSigningKeys } from '#actions/clients/rotate_signing_keys'
import { commandActor } from '#audit/actor'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { aRequest, aSite, siteClientOf } from '#tests/support/sites/site'
import { freePort, onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/* What one process began another goes on with: they share the database and nothing else. */
test.group('A site and two processes', (group) => {
  group.each.timeout(60_000)
  group.each.setup(() => emptyDatabase())

  test('asked here, signed in there, code here, token there; a new key is seen by both', async ({
    assert,
    cleanup,
  }) => {
    const ports = [await freePort(), await freePort()]
    const settings = onThisDatabase({ APP_URL: `http://localhost:${ports[0]}` })
    const sites = await Promise.all(
      ports.map((port) => spawnServer({ ...settings, PORT: String(port) }, { patienceMs: 60_000 }))
    )
    cleanup(async () => {
      await Promise.all(sites.map((site) => site.stop()))
    })
    const [here, there] = sites.map(({ url }) => url)
    const at = (url: string, address: string) => {
      const { pathname, search } = new URL(address, here)
      return url + pathname + search
    }
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const secret = await aSite()
    const config = await siteClientOf(here, secret)
    /* The site's own calls go to the other process than its visitor's. */
    config[openid.customFetch] = (address, options) => fetch(at(there, address), options as never)

    for (const round of [1, 2]) {
      const visitor = new Visitor({ base: here })
      const request = await aRequest(config)
      const asked = await visitor.get(request.url.href)
      const form = await visitor.get(at(there, asked.location))
      const sent = await visitor.submit(form, at(there, '/user/login'), {
        email: MEMBER,
        password: MEMBER_PASSWORD,
        next: form.fieldValue('next')!,
      })
      const page = await visitor.get(at(here, sent.location))
      const back = await visitor.get(at(there, page.refresh!.to!))
      const tokens = await request.finish(back.location)
      assert.isString(tokens.claims()!.sub, `round ${round}`)
      await new RotateSigningKeys().handle('now', commandActor())
    }
  })
})
