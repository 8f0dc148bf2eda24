import { once } from 'node:events'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { emptyDatabase } from '#tests/support/database'
import { rawRequest, type RawRequest } from '#tests/support/raw_request'
import { scans } from '#tests/support/secret_scan/sinks'
import { SecretScan } from '#tests/support/secret_scan/secret_scan'
import { Visitor } from '#tests/support/visitor'

const FORM = 'application/x-www-form-urlencoded'
const EVENT = 'application/secevent+jwt'
const ADDRESSES = [
  ['/user/login', FORM],
  ['/article/create', FORM],
  ['/webhooks/naver/unlinked', FORM],
  ['/webhooks/kakao/unlinked', EVENT],
] as const

const text = Buffer.from('email=a%40example.com&password=x')
const bomb = Buffer.alloc(20_000_000, 'a=b&')

/** What is sent, under which name, and the statuses that say whose fault it is. */
const BODIES: [string, Record<string, string>, Buffer, number[]][] = [
  ['junk as gzip', { 'content-encoding': 'gzip' }, text, [400]],
  ['junk as deflate', { 'content-encoding': 'deflate' }, text, [400]],
  ['junk as brotli', { 'content-encoding': 'br' }, text, [400]],
  ['half of a gzip', { 'content-encoding': 'gzip' }, gzipSync(text).subarray(0, 20), [400]],
  ['a bomb of gzip', { 'content-encoding': 'gzip' }, gzipSync(bomb), [413]],
  ['a bomb of deflate', { 'content-encoding': 'deflate' }, deflateSync(bomb), [413]],
  ['a bomb of brotli', { 'content-encoding': 'br' }, brotliCompressSync(bomb), [413]],
  ['an unknown encoding', { 'content-encoding': 'compress' }, text, [415]],
  ['two encodings', { 'content-encoding': 'gzip, gzip' }, text, [415]],
  ['an endless body', {}, bomb.subarray(0, 600_000), [413]],
]

test.group('What cannot be read is the fault of who sent it', (group) => {
  group.each.setup(emptyDatabase)

  /** Everything that the log says while `act` goes on. */
  async function logged(act: () => Promise<unknown>): Promise<string> {
    const lines: string[] = []
    class Listener extends SecretScan {
      read(place: Parameters<SecretScan['read']>[0], line: string) {
        if (place.sink === 'log') lines.push(line)
      }
    }
    const listener = new Listener()
    scans.add(listener)
    try {
      await act()
    } finally {
      scans.delete(listener)
    }
    return lines.join('\n')
  }

  for (const [path, type] of ADDRESSES) {
    for (const [what, headers, body, statuses] of BODIES) {
      test(`${path}: ${what}`, async ({ assert }) => {
        let status = 0
        const log = await logged(async () => {
          const sent = { ...headers, 'content-type': type, 'accept': 'text/html' }
          ;({ status } = await rawRequest(appUrl, { method: 'POST', path, headers: sent, body }))
        })
        assert.include(statuses, status)
        assert.notMatch(log, /"stack"|"level":50/)
      })
    }
  }

  for (const [what, request, most] of [
    ['a broken JSON', { headers: { 'content-type': 'application/json' }, body: '{"a":' }, 499],
    [
      'a form in parts without an end',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\nContent-' },
      499,
    ],
    [
      'a form in parts without a boundary',
      { headers: { 'content-type': 'multipart/form-data' }, body: 'x' },
      499,
    ],
    [
      'an unknown charset',
      { headers: { 'content-type': `${FORM}; charset=utf-99` }, body: 'a=b' },
      499,
    ],
    ['broken percents', { headers: { 'content-type': FORM }, body: 'email=%ff%c0&%=%&=&' }, 499],
    [
      'ten thousand fields',
      { headers: { 'content-type': FORM }, body: 'a=b&'.repeat(10_000) },
      499,
    ],
    [
      'a thousand brackets',
      { headers: { 'content-type': FORM }, body: `email${'[a]'.repeat(1_000)}=b` },
      499,
    ],
    [
      'prototypes',
      {
        headers: { 'content-type': FORM },
        body: '__proto__[x]=1&constructor[prototype][x]=1&email[toString]=x&email[__proto__]=y',
      },
      499,
    ],
    ['a broken path', { path: '/%ff%zz', method: 'GET' }, 499],
    ['a broken id', { path: '/article/%E0%A4%A', method: 'GET' }, 499],
    ['a broken query', { path: '/user/login?next=%E0%A4%A&%=%', method: 'GET' }, 499],
  ] as [string, Partial<RawRequest>, number][]) {
    test(`${what} is no error of ours`, async ({ assert }) => {
      let status = 0
      const log = await logged(async () => {
        const whole = { method: 'POST', path: '/user/login', ...request }
        ;({ status } = await rawRequest(appUrl, whole))
      })
      assert.isAtMost(status, most)
      assert.notMatch(log, /"stack"|"level":50/)
    })
  }

  test('who hangs up in the middle of a form is not heard of', async ({ assert }) => {
    const { hostname, port } = new URL(appUrl)
    const log = await logged(async () => {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.write(`POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\n`)
      socket.write('Content-Length: 100\r\n\r\nemail=a', () => socket.resetAndDestroy())
      await once(socket, 'close')
      /* Another whole request: what came before it has been dealt with. */
      await new Visitor().get('/user/login')
    })
    assert.notMatch(log, /"stack"|"level":50/)
  })
})

test.group('What a request says of itself', (group) => {
  group.each.setup(emptyDatabase)

  test('the token of a form does not count in its address', async ({ assert }) => {
    const visitor = new Visitor()
    const { csrf } = await visitor.get('/user/login')
    const token = new URLSearchParams({ _csrf: csrf })
    const fields = { email: 'a@example.com', password: 'not a password' }
    const refused = await visitor.post(`/user/password/forgot?${token}`, fields)
    assert.equal(refused.status, 403)
    assert.equal((await visitor.post('/user/login', { ...fields, _csrf: csrf })).status, 422)

    const header = await visitor.request('/user/password/forgot', {
      method: 'POST',
      headers: { 'x-csrf-token': csrf },
      body: new URLSearchParams(fields),
    })
    assert.equal(header.status, 303)
  })

  test('nor does any other field, which logs would keep', async ({ assert }) => {
    const visitor = new Visitor()
    const page = await visitor.get('/user/password/forgot')
    const path = '/user/password/forgot?email=victim@example.com'
    assert.equal((await visitor.submit(page, path)).status, 422)
    assert.equal((await visitor.submit(page, path, { email: 'a@example.com' })).status, 303)
  })

  for (const [what, given, isKept] of [
    ['a UUID', '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', true],
    ['a trace', 'Root=1-67891233-abcdef012345678912345678', true],
    ['three kilobytes', 'x'.repeat(3_000), false],
    ['something else', 'a"><script>{"level":60}', false],
    ['nothing', '', false],
  ] as const) {
    test(`a request id of ${what} is ${isKept ? 'kept' : 'replaced by one of ours'}`, async ({
      assert,
    }) => {
      const { headers } = await new Visitor().get('/user/login', { 'x-request-id': given })
      const id = headers.get('x-request-id') ?? ''
      if (isKept) assert.equal(id, given)
      else assert.match(id, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    })
  }
})
