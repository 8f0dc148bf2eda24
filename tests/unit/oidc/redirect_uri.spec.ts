import { test } from '@japa/runner'
import { redirectUriProblem } from '#oidc/redirect_uri'

test.group('Addresses that a site wants its visitors sent to', () => {
  for (const address of [
    'https://shop.example.com/callback',
    'https://shop.example.com',
    'https://shop.example.com:8443/a/b?c=d',
    'http://localhost:3000/callback',
    'http://127.0.0.1/',
    'http://[::1]:3000/callback',
  ]) {
    test(`${address} can be registered`, ({ assert }) => {
      assert.isNull(redirectUriProblem(address))
    })
  }

  for (const [address, name, kind] of [
    ['', 'no_address'],
    ['/callback', 'no_address'],
    [`https://shop.example.com/${'a'.repeat(2_000)}`, 'no_address'],
    ['http://shop.example.com/callback', 'http'],
    ['http://localhost.evil.example/callback', 'http'],
    ['javascript:alert(1)', 'scheme'],
    ['data:text/html,x', 'scheme'],
    ['com.example.shop:/callback', 'scheme'],
    ['javascript:alert(1)', 'scheme_of_app', 'app'],
    ['https://localhost/callback', 'https_on_loopback', 'app'],
    ['https://shop.example.com/#', 'fragment'],
    ['https://shop.example.com/callback#x', 'fragment'],
    ['https://me@shop.example.com/', 'user_name'],
    ['https://me:pw@shop.example.com/', 'user_name'],
    ['https://*.example.com/callback', 'wildcard'],
    ['https://shop.example.com/a/../callback', 'spelling'],
    ['https://Shop.example.com/callback', 'spelling'],
    ['https://shop.example.com:443/callback', 'spelling'],
    ['https://가게.example/callback', 'spelling'],
  ] as const) {
    test(`${address.slice(0, 60)} cannot: ${name}`, ({ assert }) => {
      assert.equal(redirectUriProblem(address, kind)?.name, name)
    })
  }

  test('a spelling is corrected', ({ assert }) => {
    const problem = redirectUriProblem('https://Shop.example.com:443/a/../callback')
    assert.deepEqual(problem, { name: 'spelling', href: 'https://shop.example.com/callback' })
  })
})
