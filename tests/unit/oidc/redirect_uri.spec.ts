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

  for (const [address, problem] of [
    ['', /no address/],
    ['/callback', /no address/],
    [`https://shop.example.com/${'a'.repeat(2_000)}`, /no address/],
    ['http://shop.example.com/callback', /https/],
    ['http://localhost.evil.example/callback', /https/],
    ['javascript:alert(1)', /https/],
    ['data:text/html,x', /https/],
    ['https://shop.example.com/#', /fragment/],
    ['https://shop.example.com/callback#x', /fragment/],
    ['https://me@shop.example.com/', /user name/],
    ['https://me:pw@shop.example.com/', /user name/],
    ['https://*.example.com/callback', /wildcard/],
    ['https://shop.example.com/a/../callback', /written as https:\/\/shop\.example\.com\/callback/],
    ['https://Shop.example.com/callback', /written as https:\/\/shop\.example\.com\/callback/],
    ['https://shop.example.com:443/callback', /written as/],
    ['https://가게.example/callback', /written as https:\/\/xn--/],
  ] as const) {
    test(`${address.slice(0, 60)} cannot: ${problem.source}`, ({ assert }) => {
      assert.match(redirectUriProblem(address) ?? '', problem)
    })
  }
})
