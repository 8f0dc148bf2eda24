import { test } from '@japa/runner'
import { Visitor } from '#tests/support/visitor'
import { aProvider } from '#tests/support/providers'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import Provider from '#models/provider'

test.group('Who gets into the admin pages', (group) => {
  group.each.setup(emptyDatabase)

  test('a visitor is led to the sign-in page, and from there back', async ({ assert }) => {
    const page = await new Visitor().get('/admin/providers')
    assert.equal(page.status, 303)
    assert.equal(page.location, '/user/login?next=%2Fadmin%2Fproviders')
  })

  test('to a member no admin page exists, and no admin form does anything', async ({ assert }) => {
    const provider = await aProvider()
    const member = await signedInAs('member')
    const ownPage = await member.get('/')

    for (const path of ['', '/providers', '/providers/create', `/providers/${provider.publicId}`]) {
      assert.equal((await member.get(`/admin${path}`)).status, 404, path)
    }
    for (const path of ['/providers/create', `/providers/${provider.publicId}/activation`]) {
      assert.equal((await member.submit(ownPage, `/admin${path}`)).status, 404, path)
    }
    assert.isFalse((await Provider.findOrFail(provider.id)).enabled)
  })

  test('an administrator gets in, and nothing is kept in caches', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const page = await admin.visit('/admin')
    assert.equal(page.status, 200)
    assert.include(page.url, '/admin/providers')
    assert.equal(page.headers.get('cache-control'), 'no-store')
  })

  test('a form without its token changes nothing', async ({ assert }) => {
    const provider = await aProvider()
    const admin = await signedInAs('admin')
    await admin.post(`/admin/providers/${provider.publicId}/activation`, {})
    assert.isFalse((await Provider.findOrFail(provider.id)).enabled)
  })

  test('what does not exist is a 404 for administrators too', async ({ assert }) => {
    const admin = await signedInAs('admin')
    for (const path of [
      '/providers/AAAAAAAAAAAAAAAAAAAAAA',
      '/providers/1/settings',
      '/providers/1/credentials/create',
      '/credentials/1/revocation',
    ]) {
      assert.equal((await admin.get(`/admin${path}`)).status, 404, path)
    }
  })
})
