import type { IncomingMessage } from 'node:http'
import proxyAddr from 'proxy-addr'
import { test } from '@japa/runner'
import { clientAddress } from '#limits/client_address'

const PROXY = '10.0.0.1'
const trusted = proxyAddr.compile([PROXY, '10.0.0.2'])

function addressOf(forwarded: string, from = PROXY) {
  const request = { headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: from } }
  return clientAddress(request as unknown as IncomingMessage, trusted)
}

test.group('Whose request it is, as proxies tell it', () => {
  for (const [forwarded, address] of [
    ['203.0.113.7', '203.0.113.7'],
    ['1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    [`fe80::1%${'e'.repeat(300)}`, 'fe80::1'],
    ['', PROXY],
    ['x'.repeat(300), PROXY],
    ['203.0.113.7, unknown', PROXY],
    ['203.0.113.7, _hidden, 10.0.0.2', '10.0.0.2'],
    ['<script>, 10.0.0.2', '10.0.0.2'],
    ['999.1.1.1', PROXY],
  ]) {
    test(`${forwarded.slice(0, 40) || 'nothing'} is ${address}`, ({ assert }) => {
      assert.equal(addressOf(forwarded), address)
    })
  }

  test('nobody else is believed', ({ assert }) => {
    assert.equal(addressOf('203.0.113.7', '198.51.100.1'), '198.51.100.1')
  })
})
