import { test } from '@japa/runner'
import { checkSetUp, type SetUp } from '#set_up/set_up_checks'

const GOOD: SetUp = {
  appUrl: 'https://login.example.com',
  isLoopback: false,
  inProduction: true,
  reachedAt: 'https://login.example.com',
  proxyIsUntrusted: false,
  keys: 'complete',
  adminKey: 'set',
  scopes: [],
  scopeRule: 'must_be_set_up',
  emailPolicy: 'provider_says',
  ownDomains: ['kakao.com'],
  enabled: true,
  hasSucceeded: true,
}
const INSECURE = 'http://login.example.com'
const LOCAL = { appUrl: 'http://localhost:3333', reachedAt: 'http://localhost:3333' }

const cases: [Partial<SetUp>, string | null, string?][] = [
  [{ appUrl: INSECURE, reachedAt: INSECURE }, 'address_http', 'error'],
  [{ ...LOCAL, isLoopback: true }, 'address_localhost', 'error'],
  [{ ...LOCAL, isLoopback: true, inProduction: false }, 'address_local', 'ok'],
  [{ reachedAt: 'http://login.example.com' }, 'scheme_differs', 'warning'],
  [{ reachedAt: 'https://www.example.com' }, 'host_differs', 'warning'],
  [{ reachedAt: 'https://login.example.com:8443' }, 'host_differs', 'warning'],
  [{ reachedAt: 'http://10.0.0.7:3333', proxyIsUntrusted: true }, 'proxy_untrusted', 'warning'],
  [{ keys: 'none' }, 'keys_none', 'todo'],
  [{ keys: 'without_secret' }, 'keys_without_secret', 'warning'],
  [{ keys: 'unreadable' }, 'keys_unreadable', 'error'],
  [{ adminKey: 'missing' }, 'admin_key_missing', 'warning'],
  [{ scopes: ['account_email'] }, 'scopes_must_be_set_up', 'warning'],
  [{ scopes: ['name'], scopeRule: 'ignored' }, 'scopes_ignored', 'warning'],
  [{ emailPolicy: 'trusted' }, 'email_trusted', 'warning'],
  [{ emailPolicy: 'own_domain', ownDomains: [] }, 'email_no_own_domain', 'warning'],
  [{ enabled: false }, 'switched_off', 'todo'],
  [{ hasSucceeded: false }, 'never_succeeded', 'todo'],
]

test.group('What the application finds in a set-up by itself', () => {
  test('nothing, where all is as it should be', ({ assert }) => {
    assert.isEmpty(checkSetUp(GOOD).filter(({ state }) => state !== 'ok'))
  })

  for (const [odd, name, state] of cases) {
    test(`${name}: ${JSON.stringify(odd)}`, ({ assert }) => {
      const checks = checkSetUp({ ...GOOD, ...odd })
      assert.deepEqual(
        checks.filter((check) => !checkSetUp(GOOD).some((good) => good.name === check.name)),
        [{ ...checks.find((check) => check.name === name)!, state }]
      )
    })
  }

  test('says nothing of what a driver does not tell', ({ assert }) => {
    const unknown: Partial<SetUp> = { scopes: ['a'], scopeRule: undefined, adminKey: 'not_taken' }
    const names = checkSetUp({ ...GOOD, ...unknown }).map(({ name }) => name)
    assert.isEmpty(names.filter((name) => /scopes|admin_key/.test(name)))
  })
})
