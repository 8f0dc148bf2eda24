import fc from 'fast-check'
import { test } from '@japa/runner'
import { normalizeEmail } from '#text/email'

test.group('One form for every e-mail address', () => {
  for (const [typed, stored] of [
    ['minsu@example.com', 'minsu@example.com'],
    ['  MinSu@Example.COM \n', 'minsu@example.com'],
    ['a.b+c@sub.example.co.kr', 'a.b+c@sub.example.co.kr'],
    ['minsu@한국.com', 'minsu@xn--3e0b707e.com'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['minsu@Straße.de', 'minsu@xn--strae-oqa.de'],
    ['minsu@भारत.भारत', 'minsu@xn--h2brj9c.xn--h2brj9c'],
    ['minsu@xn--3e0b707e.com', 'minsu@xn--3e0b707e.com'],
    ['1@2.3d', '1@2.3d'],
  ]) {
    test(`${JSON.stringify(typed)} is stored as ${stored}`, ({ assert }) => {
      assert.equal(normalizeEmail(typed), stored)
    })
  }

  for (const typed of [
    '',
    'minsu',
    '@example.com',
    'minsu@',
    'minsu@localhost',
    'minsu@@example.com',
    'min su@example.com',
    '민수@example.com',
    'ｍinsu@example.com',
    'minsu@ｅxample.com',
    'minsu@example.com\u0000',
    'minsu@127.0.0.1',
    'minsu@-example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(63)}.com`,
    'a@b.com,c@d.com',
    '"a"@example.com',
    '<a@example.com>',
    /* What a reader of web addresses would cut off, decode or drop. */
    'victim@naver.com#.attacker.example',
    'victim@naver.com/x',
    'victim@naver.com/@x.example/..',
    'victim@naver.com?x',
    'victim@naver.com\\x.attacker.example',
    'victim@naver.com:80',
    'victim@n%61ver.com',
    'victim@naver%2ecom',
    'victim@na\u00adver.com',
    'victim@na\u200bver.com',
    'victim@na\u200dver.com',
    'victim@na\u2060ver.com',
    'victim@naver.com\ufe0f',
    'victim@na\u3164ver.com',
    'victim@na\tver.com',
    'victim@naver\n.com',
    'victim@naver\u3002com',
    'victim@naver.com.',
    'victim@.naver.com',
    'victim@nav er.com',
    'victim@na_ver.com',
    'victim@naver.com\ud800',
    'victim@0x7f.1',
    'victim@xn--.com',
    'victim@xn--naver-.com',
    `victim@${' '.repeat(400)}naver.com`,
  ]) {
    test(`${JSON.stringify(typed.slice(0, 40))} is not an address`, ({ assert }) => {
      assert.isNull(normalizeEmail(typed))
    })
  }

  test('what is ASCII comes out as it was typed, or not at all', ({ assert }) => {
    const piece = fc.oneof(
      fc.constantFrom('naver.com', 'naver', '.', '@', 'com', '-', 'xn--', '%6e', '#', '?', ':'),
      fc.string({ unit: 'binary-ascii', maxLength: 2 })
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const typed = `victim@${pieces.join('')}`
        const stored = normalizeEmail(typed)
        if (stored !== null) assert.equal(stored, typed.trim().toLowerCase())
      }),
      { numRuns: 2_000 }
    )
  })
})
