import { test } from '@japa/runner'
import { safeNext } from '#auth/next'

const BASES = ['http://localhost:3333', 'https://login.example.com']

test.group('Where `next` may lead', () => {
  for (const base of BASES) {
    for (const [given, taken] of [
      ['/', '/'],
      ['/article/create', '/article/create'],
      ['/article?page=2&q=%EB%8C%80%EB%AC%B8', '/article?page=2&q=%EB%8C%80%EB%AC%B8'],
      ['/a/../b', '/b'],
      ['/검색', '/%EA%B2%80%EC%83%89'],
      ['/article#part', '/article'],
      ['/user/profile', '/user/profile'],
    ]) {
      test(`${base}: ${given} leads to ${taken}`, ({ assert }) => {
        assert.equal(safeNext(given, base), taken)
      })
    }

    for (const given of [
      undefined,
      null,
      ['/article', '/article'],
      { a: '/article' },
      '',
      'article',
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/..//evil.example',
      '/.//evil.example',
      '/article/..//evil.example',
      'https://evil.example',
      'https:evil.example',
      'http:evil.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '/\tevil',
      '/\n/evil.example',
      '\t//evil.example',
      '/article\r\nSet-Cookie: a=b',
      '/a b',
      '/\u007f',
      '/a\\b',
      '/user/login',
      /* A secret in the address of a mailed link. */
      '/user/password/reset/a-token',
      '/user/some-id/verify/a-token',
      '/User/some-id/Verify/a-token?x=1',
      '/user/login/',
      '/USER/LOGIN?next=/x',
      '/user/login/social/kakao/callback?code=1',
      '/user/logout',
      '/x/../user/logout',
      `/${'a'.repeat(2_048)}`,
      `/${'한'.repeat(2_000)}`,
    ]) {
      test(`${base}: ${JSON.stringify(given)?.slice(0, 60)} leads nowhere`, ({ assert }) => {
        assert.isNull(safeNext(given, base))
      })
    }
  }
})
