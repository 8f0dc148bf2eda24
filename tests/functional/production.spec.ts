import { test } from '@japa/runner'
import { builtServer, Installation } from '#tests/support/servers/built_server'
import { startProviderServer } from '#tests/support/servers/provider_server'
import { DRIVER_NAMES, providersAt, startAndConsent } from '#tests/support/trip'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'
import { Visitor } from '#tests/support/visitor'

/* It brings a database of its own. */
const isNoPlace = !builtServer || isRunElsewhere('sqlite')
const NO_PLACE = builtServer ? ELSEWHERE : 'needs the build that `npm test` makes'

test.group('The production build', () => {
  test('signs in at providers elsewhere, with keys set on the command line, and logs no secret', async ({
    assert,
    cleanup,
  }) => {
    const server = await startProviderServer()
    const site = await Installation.make(providersAt(server.origin))
    cleanup(async () => {
      await site.remove()
      await server.close()
    })

    assert.equal((await site.ace(['migration:run', '--force'])).code, 0)
    for (const driver of DRIVER_NAMES) {
      server[driver].register({
        clientId: `${driver}-id`,
        clientSecrets: [`${driver}-production-secret`],
        redirectUris: [`${site.url}/user/login/social/${driver}/callback/`],
      })
      const words = [
        'provider:set',
        driver,
        `--client-id=${driver}-id`,
        '--secret-stdin',
        '--enable',
      ]
      const set = await site.ace(words, `${driver}-production-secret\n`)
      assert.equal(set.code, 0, set.output)
      assert.notInclude(set.output, 'production-secret')
    }
    await site.serve()

    const secrets = DRIVER_NAMES.map((driver) => `${driver}-production-secret`)
    for (const driver of DRIVER_NAMES) {
      const visitor = new Visitor({ base: site.url })
      const callback = await startAndConsent(server, visitor, driver, {
        person: driver === 'kakao' ? 'minjun' : 'seoyeon',
        next: '/health/live',
      })
      assert.equal((await visitor.get(callback)).location, '/health/live')
      assert.isTrue(await visitor.isSignedIn())

      const again = await visitor.get(callback)
      assert.equal(again.status, 303)
      secrets.push(new URL(callback).searchParams.get('code')!)
      secrets.push(new URL(callback).searchParams.get('state')!)
    }
    for (const call of server.calls) {
      const token = call.headers.authorization?.replace('Bearer ', '')
      if (token) secrets.push(token)
    }
    assert.include(site.output, 'state_used')
    for (const secret of secrets) assert.notInclude(site.output, secret)
  })
    .skip(isNoPlace, NO_PLACE)
    .timeout(60_000)

  test('offers commands that run a site, and none that develops it or empties its database', async ({
    assert,
    cleanup,
  }) => {
    const site = await Installation.make()
    cleanup(() => site.remove())
    const listed = await site.ace(['list', '--json'])
    assert.equal(listed.code, 0, listed.output)
    const commands: { commandName: string }[] = JSON.parse(listed.output)
    const names = commands.map(({ commandName }) => commandName)
    assert.includeMembers(names, ['admin:create', 'data:check', 'migration:run', 'provider:set'])
    assert.deepEqual(
      names.filter((name) => /^(make|db|schema|repl|test|serve|build|codegen)\b/.test(name)),
      []
    )
    assert.sameMembers(
      names.filter((name) => name.startsWith('migration:')),
      ['migration:run', 'migration:status']
    )

    for (const name of ['db:wipe', 'repl']) {
      const { code, output } = await site.ace([name, '--force'])
      assert.notEqual(code, 0, name)
      assert.include(output, `Command "${name}" is not defined`)
    }
  })
    .skip(isNoPlace, NO_PLACE)
    .timeout(60_000)
})
