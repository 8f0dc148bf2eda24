import type { lookup as systemLookup, LookupAddress } from 'node:dns'
import { test } from '@japa/runner'
import { guardedPost, type GuardedPost, OutboundFailure } from '#outbound/guarded_post'
import { isReachable } from '#outbound/reachable'
import { outboundUrlProblem } from '#outbound/outbound_url'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'
import { ToldSite } from '#tests/support/servers/told_site'

const message = { headers: { 'content-type': 'text/plain' }, body: '안녕' }

/** What becomes of a call: a status, or why there is none. */
function call(address: string, options: Partial<GuardedPost> = {}) {
  return guardedPost(address, { ...message, inside: true, ...options }).catch((error) => {
    if (error instanceof OutboundFailure) return error.reason
    throw error
  })
}

/** Names as an attacker's name server answers them, one answer after the other. */
function namesAnswering(...answers: string[][]) {
  const asked: string[] = []
  const lookup = ((hostname: string, _options: object, done: Function) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)]
    asked.push(hostname)
    const found: LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }))
    setImmediate(() => done(null, found))
  }) as unknown as typeof systemLookup
  return { asked, lookup }
}

test.group('Calls to an address that an administrator typed', (group) => {
  group.tap((one) => one.skip(isRunElsewhere('mysql'), ELSEWHERE))
  let site: ToldSite

  group.each.setup(async () => {
    site = await ToldSite.start()
    return () => site.stop()
  })

  test('arrive as they were sent, and bring the status of the answer', async ({ assert }) => {
    for (const status of [200, 204, 400, 404, 503]) {
      site.answer = status
      assert.equal(await call(`${site.url}/told?of=it`), status)
    }
    assert.lengthOf(site.told, 5)
    assert.equal(site.told[0].path, '/told?of=it')
    assert.equal(site.told[0].body, message.body)
    assert.equal(site.told[0].headers['content-length'], '6')
  })

  test('reach nothing in our network unless the site is inside, by number or by name', async ({
    assert,
  }) => {
    for (const host of ['localhost', '127.0.0.1', '127.1', '2130706433', '0x7f.1', '[::1]']) {
      const address = `https://${host}:${site.port}/`
      assert.equal(await call(address, { inside: false }), 'address_refused', host)
    }
    assert.equal(await call(site.url, { inside: false }), 'address_refused', 'http')
    /* What no site is at, inside or not. */
    for (const host of ['169.254.169.254', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '0.0.0.0']) {
      assert.equal(await call(`http://${host}:${site.port}/`), 'address_refused', host)
    }
    assert.isEmpty(site.told)
  })

  test('go where a name led when it was checked, and nowhere else (DNS rebinding)', async ({
    assert,
  }) => {
    const at = (host: string) => `https://${host}:${site.port}/`
    const outside = { inside: false, timeoutMs: 200 }
    const plain = namesAnswering(['127.0.0.1'], ['2000::1'])
    assert.equal(
      await call(at('rebinding.example'), { ...outside, lookup: plain.lookup }),
      'address_refused'
    )
    /* Nobody has been given this address; the second answer would be ours. */
    const turning = namesAnswering(['2000::1'], ['127.0.0.1'])
    const answer = await call(at('rebinding.example'), { ...outside, lookup: turning.lookup })
    assert.oneOf(answer, ['unreachable', 'timed_out'])
    assert.lengthOf(turning.asked, 1)
    const both = namesAnswering(['127.0.0.1', '2000::1', '::1', 'fd00::1'])
    assert.oneOf(await call(at('both.example'), { ...outside, lookup: both.lookup }), [
      'unreachable',
      'timed_out',
    ])
    assert.isEmpty(site.told)
  })

  test('end in time, whatever the other side does', async ({ assert }) => {
    site.answer = 'hang'
    assert.equal(await call(site.url, { timeoutMs: 100 }), 'timed_out')
    site.answer = 'break'
    assert.equal(await call(site.url), 'unreachable')
    site.answer = 'flood'
    assert.equal(await call(site.url), 200)
    assert.isBelow(site.flooded, 64)
    await site.stop()
    assert.equal(await call(`http://localhost:${site.told.length + 1}/`), 'unreachable')
    assert.equal(await call('http://nobody.invalid/'), 'unreachable')
  })

  test('follow no redirect', async ({ assert }) => {
    const elsewhere = await ToldSite.start()
    site.answer = { redirect: elsewhere.url }
    assert.equal(await call(site.url), 307)
    assert.isEmpty(elsewhere.told)
    await elsewhere.stop()
  })

  test('trust no certificate that nobody vouches for, also where checks were switched off', async ({
    assert,
    cleanup,
  }) => {
    const impostor = await ToldSite.start('https')
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    cleanup(() => {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      return impostor.stop()
    })
    assert.equal(await call(impostor.url), 'certificate')
    assert.isEmpty(impostor.told)
  })

  test('an error names no address and holds nothing of what was sent', async ({ assert }) => {
    const error = await guardedPost('http://nobody.invalid/secret-path', {
      headers: { authorization: 'secret-header' },
      body: 'secret-body',
      inside: true,
    }).catch((caught: Error) => caught)
    const words = JSON.stringify([error, (error as Error).message, (error as Error).stack])
    for (const hidden of ['nobody', 'secret']) assert.notInclude(words, hidden)
  })
})

test.group('Which addresses may be called', (group) => {
  group.tap((one) => one.skip(isRunElsewhere('mysql'), ELSEWHERE))

  test('public ones; private ones for a site inside; some never', ({ assert }) => {
    const classes = {
      public: ['1.1.1.1', '8.8.8.8', '211.249.220.24', '2606:4700::1111', '2404:4600::1'],
      inside: [
        ...['127.0.0.1', '127.255.255.254', '::1'],
        ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1'],
        ...['100.64.0.1', '100.127.255.255'],
      ],
      never: [
        ...['0.0.0.0', '0.1.2.3', '::', '255.255.255.255', '224.0.0.1', '239.255.255.250'],
        ...['ff02::1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
        ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1'],
        ...['64:ff9b::127.0.0.1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '::ffff:0:7f00:1'],
        ...['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '192.0.0.1'],
        ...['2001:db8::1', '3fff::1', '100::1', '5f00::1', '4000::1'],
        ...['', 'localhost', '127.1', '0x7f000001', '010.0.0.1', '1.1.1.1:80', '1.1.1.1 '],
      ],
    }
    for (const [what, addresses] of Object.entries(classes)) {
      for (const address of addresses) {
        assert.equal(isReachable(address, { inside: false }), what === 'public', address)
        assert.equal(isReachable(address, { inside: true }), what !== 'never', address)
      }
    }
  })

  test('an address is said to be wrong by name', ({ assert }) => {
    for (const [address, outside, inside] of [
      ['https://shop.example.com/told?by=us', null, null],
      ['http://shop.example.com/', 'http_outside', null],
      ['ftp://shop.example.com/', 'no_address', 'no_address'],
      ['javascript:alert(1)', 'no_address', 'no_address'],
      ['/told', 'no_address', 'no_address'],
      [`https://shop.example.com/${'x'.repeat(2_000)}`, 'no_address', 'no_address'],
      ['https://shop.example.com/#told', 'fragment', 'fragment'],
      ['https://me:secret@shop.example.com/', 'user_name', 'user_name'],
    ] as const) {
      assert.equal(outboundUrlProblem(address, { inside: false }), outside, address)
      assert.equal(outboundUrlProblem(address, { inside: true }), inside, address)
    }
  })
})
