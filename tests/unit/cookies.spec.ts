import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'

test.group('The names of cookies', () => {
  for (const [site, name] of [
    ['https://login.example.com', '__Host-daemun-session'],
    ['https://login.example.com:443', '__Host-daemun-session'],
    ['https://login.example.com:8443', '__Host-daemun-session-8443'],
    ['http://localhost:3333', 'daemun-session-3333'],
    ['http://localhost', 'daemun-session'],
    ['http://localhost:443', 'daemun-session-443'],
    ['https://[2001:db8::1]:80', '__Host-daemun-session-80'],
  ]) {
    test(`${site} signs people in by ${name}`, ({ assert }) => {
      assert.equal(cookieName('session', site), name)
    })
  }

  test('those that have the path of one request forgo __Host-', ({ assert }) => {
    const site = 'https://login.example.com:8443'
    assert.equal(cookieName('oidc-ask', site), '__Secure-daemun-oidc-ask-8443')
    assert.equal(cookieName('oidc-ask', 'http://localhost:3333'), 'daemun-oidc-ask-3333')
  })
})
