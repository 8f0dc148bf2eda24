import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import { emptyDatabase } from '#tests/support/database'
import { Markup } from '#tests/support/markup'
import { signedInMember } from '#tests/support/people/member'
import { Visitor } from '#tests/support/visitor'

/** A page as it comes over the wire; `fetch` would decompress it. */
function wire(path: string, headers: Record<string, string>) {
  const { HOST, PORT } = process.env
  return new Promise<{ encoding?: string; vary?: string; body: Buffer }>((resolve, reject) => {
    const host = `localhost:${PORT}`
    request({ host: HOST, port: PORT, path, headers: { host, ...headers } }, async (response) => {
      const body = Buffer.concat(await response.toArray())
      const { 'content-encoding': encoding, vary } = response.headers
      resolve({ encoding, vary, body })
    })
      .on('error', reject)
      .end()
  })
}

/** A page but for its token, which is another in each answer. */
const bare = ({ text, csrf }: Markup) => text.replaceAll(csrf, '')

test.group('Compressed pages', (group) => {
  group.each.setup(() => emptyDatabase())

  for (const path of ['/', '/user/login', '/user/create', '/article']) {
    test(`${path} is compressed for a visitor, and not for a member`, async ({ assert }) => {
      const accept = { 'accept-encoding': 'gzip, deflate, br', 'accept-language': 'ko' }
      const given = await wire(path, accept)
      assert.equal(given.encoding, 'gzip')
      assert.match(given.vary!, /accept-encoding/i)
      const page = new Markup(gunzipSync(given.body).toString())
      assert.equal(bare(page), bare(await new Visitor().get(path)))
      assert.isUndefined((await wire(path, {})).encoding)

      const { visitor } = await signedInMember()
      const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      assert.isUndefined((await wire(path, { ...accept, cookie })).encoding)
    })
  }

  test('the only secret in them is salted anew for each answer', async ({ assert }) => {
    const visitor = new Visitor()
    const tokens = new Set<string>()
    for (let time = 0; time < 3; time++) tokens.add((await visitor.get('/user/login')).csrf)
    assert.lengthOf([...tokens], 3)
  })

  test('a page with a secret of its own is not', async ({ assert }) => {
    const path = `/user/password/reset/${'a'.repeat(43)}`
    assert.isUndefined((await wire(path, { 'accept-encoding': 'gzip' })).encoding)
  })
})
