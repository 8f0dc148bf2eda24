import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from '@japa/runner'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { makeProvider, PATHS, providersAt, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** A proxy for plain HTTP, and the paths it was asked for. */
async function aProxy(): Promise<{ server: Server; url: string; paths: string[] }> {
  const paths: string[] = []
  const server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming
    paths.push(new URL(incoming.url!).pathname)
    const passedOn = request(incoming.url!, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(passedOn)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${port}`, paths }
}

test.group('Behind a proxy for everything that goes out', (group) => {
  const world = withProviders(group)

  test('providers are called through it with NODE_USE_ENV_PROXY', async ({ assert, cleanup }) => {
    await makeProvider(world.server, 'kakao')
    const proxy = await aProxy()
    const site = await spawnServer(
      onThisDatabase({
        ...providersAt(world.server.origin),
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy.url,
      })
    )
    cleanup(async () => {
      await site.stop()
      proxy.server.close()
      proxy.server.closeAllConnections()
    })
    const visitor = new Visitor({ base: site.url })
    await signInWith(world.server, visitor, 'kakao')
    assert.isTrue(await visitor.isSignedIn())
    assert.include(proxy.paths, PATHS.kakao.token)
  })
})
