import { test } from '@japa/runner'
import { normalizeEmail } from '#models/email'

test.group('One form for every e-mail address', () => {
  for (const [typed, stored] of [
    ['minsu@example.com', 'minsu@example.com'],
    ['  MinSu@Example.COM \n', 'minsu@example.com'],
    ['a.b+c@sub.example.co.kr', 'a.b+c@sub.example.co.kr'],
    ['minsu@한국.com', 'minsu@xn--3e0b707e.com'],
    ["o'brien@example.com", "o'brien@example.com"],
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
  ]) {
    test(`${JSON.stringify(typed.slice(0, 40))} is not an address`, ({ assert }) => {
      assert.isNull(normalizeEmail(typed))
    })
  }
})
