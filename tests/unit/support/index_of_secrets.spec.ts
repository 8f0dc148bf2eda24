import { randomBytes } from 'node:crypto'
import { test } from '@japa/runner'
import { IndexOfSecrets } from '#tests/support/secret_scan/index_of_secrets'

const SECRET = 'AAAA+fx/Zq3vErYsecret=7w'

/** A text of `length` random characters with something in the middle. */
function hay(length: number, needle = '') {
  const half = randomBytes(length)
    .toString('base64')
    .slice(0, length / 2)
  return half + needle + half
}

test.group('Finding secrets in a text', () => {
  for (const [how, shape] of [
    ['as it is', SECRET],
    ['in an address', encodeURIComponent(SECRET)],
    ['in a form', new URLSearchParams({ token: SECRET }).toString()],
    ['in JSON with escaped slashes', SECRET.replaceAll('/', '\\/')],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in hexadecimal digits', Buffer.from(SECRET).toString('hex')],
    ['cut off after 16 characters', SECRET.slice(0, 16)],
  ]) {
    test(`finds one ${how}, wherever it stands`, ({ assert }) => {
      const index = new IndexOfSecrets()
      index.add('token', SECRET)
      for (const text of [shape, shape + hay(1_000), hay(1_000, shape), hay(1_000) + shape]) {
        assert.deepEqual([...index.in(text)], [SECRET])
      }
    })
  }

  test('finds nothing where there is none, and no secret that is merely alike', ({ assert }) => {
    const index = new IndexOfSecrets()
    index.add('token', SECRET)
    assert.isFalse(index.add('pin', '1234567'))
    for (const text of [
      '',
      'short',
      SECRET.slice(0, 15),
      SECRET.slice(1),
      hay(10_000),
      '1234567',
    ]) {
      assert.isEmpty([...index.in(text)])
    }
  })

  test('tells each of thousands apart', ({ assert }) => {
    const index = new IndexOfSecrets()
    const secrets = Array.from({ length: 5_000 }, () => randomBytes(32).toString('base64url'))
    for (const [number, secret] of secrets.entries()) index.add(`kind ${number}`, secret)
    const shown = [17, 4_242, 4_999].map((number) => secrets[number])
    const text = shown.map((secret) => hay(20_000, secret)).join('')
    assert.sameMembers([...index.in(text)], shown)
    assert.equal(index.kindOf(shown[0]), 'kind 17')
  })
})
