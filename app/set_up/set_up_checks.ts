import type { EmailPolicy } from '#models/provider'

/** The result of a check: fine, still to do, worth a look, or broken. */
export type CheckState = 'ok' | 'todo' | 'warning' | 'error'

/** A finding. Its text is under `checks.<name>` in `guide.json`. */
export interface Check {
  name: string
  state: CheckState
  values?: Record<string, string>
}

/** What the application can find out about a provider's set-up on its own. */
export interface SetUp {
  appUrl: string
  isLoopback: boolean
  inProduction: boolean
  /** The scheme and host the page was requested by, as far as the proxy is trusted. */
  reachedAt: string
  /** A proxy reports how it was reached, but TRUST_PROXY does not name it. */
  proxyIsUntrusted: boolean
  keys: 'none' | 'unreadable' | 'without_secret' | 'complete'
  adminKey: 'not_taken' | 'missing' | 'set'
  scopes: string[]
  /** What the provider does with scopes; `undefined` when unknown. */
  scopeRule?: 'ignored' | 'must_be_set_up'
  emailPolicy: EmailPolicy
  ownDomains: readonly string[]
  enabled: boolean
  hasSucceeded: boolean
}

/** Checks a set-up without side effects; checks that find nothing to report are left out. */
export function checkSetUp(setUp: SetUp): Check[] {
  return [
    address(setUp),
    proxy(setUp),
    keys(setUp),
    adminKey(setUp),
    scopes(setUp),
    emailPolicy(setUp),
    setUp.enabled ? ok('switched_on') : { name: 'switched_off', state: 'todo' as const },
    setUp.hasSucceeded ? ok('succeeded') : { name: 'never_succeeded', state: 'todo' as const },
  ].filter((check) => check !== null)
}

const ok = (name: string, values?: Record<string, string>): Check => ({ name, state: 'ok', values })

/** Providers compare the registered address with the one built from APP_URL. */
function address({ appUrl, isLoopback, inProduction }: SetUp): Check {
  const values = { url: appUrl }
  if (isLoopback) {
    return inProduction
      ? { name: 'address_localhost', state: 'error', values }
      : ok('address_local', values)
  }
  return appUrl.startsWith('https://')
    ? ok('address_https', values)
    : { name: 'address_http', state: 'error', values }
}

/** Cookies and the callback belong to APP_URL: people who use another address lose them. */
function proxy({ appUrl, reachedAt, proxyIsUntrusted }: SetUp): Check | null {
  if (reachedAt === appUrl) return ok('reached_as_expected')
  const values = { url: appUrl, seen: reachedAt }
  if (proxyIsUntrusted) return { name: 'proxy_untrusted', state: 'warning', values }

  const [wanted, seen] = [schemeOf(appUrl), schemeOf(reachedAt)]
  const name = wanted === seen ? 'host_differs' : 'scheme_differs'
  return { name, state: 'warning', values }
}

const schemeOf = (url: string) => url.slice(0, url.indexOf(':'))

function keys({ keys: found }: SetUp): Check {
  switch (found) {
    case 'complete':
      return ok('keys_complete')
    case 'without_secret':
      return { name: 'keys_without_secret', state: 'warning' }
    case 'unreadable':
      return { name: 'keys_unreadable', state: 'error' }
    case 'none':
      return { name: 'keys_none', state: 'todo' }
  }
}

function adminKey({ adminKey: found }: SetUp): Check | null {
  if (found === 'not_taken') return null
  return found === 'set' ? ok('admin_key_set') : { name: 'admin_key_missing', state: 'warning' }
}

function scopes({ scopes: asked, scopeRule }: SetUp): Check | null {
  if (asked.length === 0 || !scopeRule) return null
  return {
    name: `scopes_${scopeRule}`,
    state: 'warning',
    values: { scopes: asked.join(', ') },
  }
}

function emailPolicy({ emailPolicy: policy, ownDomains }: SetUp): Check | null {
  if (policy === 'trusted') return { name: 'email_trusted', state: 'warning' }
  if (policy === 'own_domain' && ownDomains.length === 0) {
    return { name: 'email_no_own_domain', state: 'warning' }
  }
  return null
}
