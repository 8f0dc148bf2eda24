import fc from 'fast-check'
import { test } from '@japa/runner'
import { safeNext } from '#auth/next'
import { OPEN_REDIRECTS } from '#tests/support/open_redirects'

const BASES = ['http://localhost:3333', 'https://login.example.com']

/** What open redirects are made of; any order of them is tried. */
const PIECES = [
  ...['/', '//', '\\', '.', '..', ':', '@', '?', '#', ';', '%', '&', ' ', '\t', '\r', '\n', '\0'],
  ...['%2f', '%5c', '%2e', '%09', '%0d%0a', '%00', '%252f', '\u3002', '\uff0f', '\u2215', '\u00a0'],
  ...['http:', 'https:', 'javascript:', 'data:', 'evil.example', 'localhost', 'localhost:3333'],
  ...['login.example.com', 'user', 'login', 'logout', 'article', '가', '🙂', '\ud800', '[::1]'],
]

const anything = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.webUrl(),
  fc.webPath(),
  fc.anything()
)

/** Whatever comes out must be a page of this site, for every way of reading it. */
function leadsAway(target: string, base: string): string | null {
  const origin = new URL(base).origin
  if (!/^\/(?![/\\])/.test(target)) return 'does not begin with one slash'
  if (!/^[\x21-\x7e]*$/.test(target) || target.includes('\\')) return 'has characters of no URL'
  if (target.length > 2_048) return 'is too long'
  if (new URL(target, base).origin !== origin) return 'is of another origin'
  if (new URL(target, `${base}/user/login/social/kakao/callback/`).origin !== origin) {
    return 'is of another origin seen from the callback'
  }
  if (/^\/user\/(login|logout)(\/|$)/i.test(new URL(target, base).pathname))
    return 'signs in or out'
  if (safeNext(target, base) !== target) return 'is not stable'
  return null
}

test.group('Where `next` may lead, whatever it is', () => {
  for (const base of BASES) {
    test(`${base}: to a page of this site, or nowhere`, ({ assert }) => {
      let taken = 0
      fc.assert(
        fc.property(anything, (value) => {
          const target = safeNext(value, base)
          if (target === null) return
          taken++
          assert.isNull(leadsAway(target, base), JSON.stringify({ value, target }))
        }),
        { numRuns: 20_000, seed: 20_261_123 }
      )
      /* A rule that refuses everything would be safe as well. */
      assert.isAbove(taken, 1_000)
    }).timeout(60_000)

    test(`${base}: every page of this site may be kept`, ({ assert }) => {
      const segment = fc
        .stringMatching(/^[a-z0-9._~-]{1,12}$/)
        .filter((text) => !/^\.+$/.test(text))
      fc.assert(
        fc.property(
          fc.array(segment, { minLength: 1, maxLength: 5 }),
          fc.webQueryParameters(),
          (path, query) => {
            const page = `/pages/${path.join('/')}?${query}`
            const { pathname, search } = new URL(page, base)
            assert.equal(safeNext(page, base), pathname + search)
          }
        ),
        { numRuns: 2_000, seed: 20_261_123 }
      )
    })

    for (const [kind, values] of Object.entries(OPEN_REDIRECTS)) {
      test(`${base}: ${kind}, all ${values.length}`, ({ assert }) => {
        for (const value of values) {
          const target = safeNext(value, base)
          if (target !== null)
            assert.isNull(leadsAway(target, base), JSON.stringify({ value, target }))
        }
      })
    }
  }
})
