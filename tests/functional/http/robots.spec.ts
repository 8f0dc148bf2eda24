import { test } from '@japa/runner'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { Visitor } from '#tests/support/visitor'

const NOT_LISTED = 'noindex, nofollow'

test.group('Search engines', (group) => {
  group.each.setup(emptyDatabase)

  test('are told to list no page of the administration, the account or signing in', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    for (const path of [
      '/admin',
      '/admin/no/such/page',
      '/ADMIN/providers',
      '/account',
      '/account/second_factor',
      '/user/login',
      '/user/login?next=/article',
      '/user/login/second_factor',
      '/user/create',
      '/user/password/forgot',
      '/user/password/reset/AAAA',
    ]) {
      const page = await visitor.get(path)
      assert.equal(page.headers.get('x-robots-tag'), NOT_LISTED, path)
    }
    const admin = await signedInAs()
    for (const path of ['/admin/providers', '/admin/security', '/account']) {
      const page = await admin.get(path)
      assert.equal(page.status, 200)
      assert.equal(page.headers.get('x-robots-tag'), NOT_LISTED, path)
    }
  })

  test('may list the rest', async ({ assert }) => {
    for (const path of ['/', '/article', '/administration', '/users']) {
      const page = await new Visitor().get(path)
      assert.isNull(page.headers.get('x-robots-tag'), path)
    }
  })

  test('robots.txt forbids nothing: a page that is not fetched cannot say "noindex"', async ({
    assert,
  }) => {
    const page = await new Visitor().get('/robots.txt')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(page.text, /^User-agent: \*\nDisallow:\s*$/m)
    assert.notInclude(page.text, '/admin')
  })
})
