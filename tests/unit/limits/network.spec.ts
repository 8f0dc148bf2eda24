import { test } from '@japa/runner'
import { isPrivate, networksOf } from '#limits/network'

test.group('Whose requests count together', () => {
  for (const [address, network] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1::3:4:5:6', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:db8:1:2::203.0.113.7', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['no address', 'no address'],
    ['not:an:address', 'not:an:address'],
  ]) {
    test(`${address} is of ${network}`, ({ assert }) => {
      assert.deepEqual(networksOf(address)[0], { network, times: 1 })
    })
  }

  test('what is rented as a whole counts as a whole as well, with more room', ({ assert }) => {
    assert.deepEqual(networksOf('2001:DB8:1:2::3').slice(1), [
      { network: '2001:db8:1::/48', times: 16 },
    ])
    assert.lengthOf(networksOf('203.0.113.7'), 1)
    assert.lengthOf(networksOf('::ffff:203.0.113.7'), 1)
  })

  for (const [address, expected] of [
    ['127.0.0.1', true],
    ['::ffff:10.1.2.3', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['192.168.1.1', true],
    ['::1', true],
    ['fd00::1', true],
    ['203.0.113.7', false],
    ['2001:db8::1', false],
    ['no address', false],
  ] as const) {
    test(`${address} is ${expected ? '' : 'not '}private`, ({ assert }) => {
      assert.equal(isPrivate(address), expected)
    })
  }
})
