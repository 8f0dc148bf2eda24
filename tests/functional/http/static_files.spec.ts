import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/servers/spawned_process'
import { Visitor } from '#tests/support/visitor'

/** An answer as it comes over the wire: `fetch` would decompress it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { HOST, PORT } = process.env
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>(
    (resolve, reject) => {
      const options = { host: HOST, port: PORT, path, headers, method }
      const outgoing = request(options, async (response) => {
        const chunks = await response.toArray()
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(chunks),
        })
      })
      outgoing.on('error', reject).end()
    }
  )
}

async function styleSheet() {
  const page = await new Visitor().get('/user/login')
  return page.valuesOf('link[rel=stylesheet]', 'href')[0]
}

test.group('Files', () => {
  for (const [accepted, encoding, decompress] of [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
    ['identity', undefined, (body: Buffer) => body],
  ] as const) {
    test(`a style sheet for a browser that takes ${accepted}`, async ({ assert }) => {
      const path = await styleSheet()
      const answer = await ask(path, { 'accept-encoding': accepted })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-encoding'], encoding)
      assert.equal(answer.headers['content-type'], 'text/css; charset=utf-8')
      assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
      assert.include(String(answer.headers.vary).toLowerCase(), 'accept-encoding')
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
      assert.isTrue(decompress(answer.body).equals(readFileSync(`${projectRoot}public${path}`)))
    })
  }

  test('one whose name does not tell its contents is asked for again', async ({ assert }) => {
    const answer = await ask('/favicon.svg')
    assert.equal(answer.headers['cache-control'], 'public, max-age=0')
    const again = await ask('/favicon.svg', { 'if-none-match': answer.headers.etag! })
    assert.equal(again.status, 304)
  })

  test('the folder is listed once, not at each request', async ({ assert, cleanup }) => {
    const later = `later-${process.pid}.svg`
    const file = `${projectRoot}public/${later}`
    await ask('/favicon.svg')
    cleanup(() => rmSync(file))
    writeFileSync(file, '<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert.equal((await ask(`/${later}`)).status, 404)
    assert.equal((await ask('/favicon.svg')).status, 200)
  })

  test('HEAD, a part, and a part that is none', async ({ assert }) => {
    const path = await styleSheet()
    const head = await ask(path, { 'accept-encoding': 'br' }, 'HEAD')
    assert.deepEqual([head.status, head.body.length], [200, 0])
    const part = await ask(path, { range: 'bytes=0-9' })
    assert.deepEqual([part.status, part.body.length], [206, 10])
    for (const range of ['bytes=10-5', 'bytes=999999999-', 'x']) {
      const { status, headers } = await ask(path, { range, 'accept-encoding': 'br' })
      assert.include([200, 404], status)
      assert.notProperty(headers, 'content-encoding')
    }
  })

  for (const path of [
    '/assets/.vite/manifest.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/../package.json',
    '/assets',
    '/assets/',
    '/constructor',
  ]) {
    test(`${path} is none`, async ({ assert }) => {
      assert.equal((await ask(path)).status, 404)
    })
  }

  test('a file is not what a form is sent to', async ({ assert }) => {
    assert.notEqual((await ask('/favicon.svg', {}, 'POST')).status, 200)
  })
})
