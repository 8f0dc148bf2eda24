import { test } from '@japa/runner'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Metrics', (group) => {
  const world = withProviders(group)

  test('count sign-ins by provider and how they ended', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { action: 'cancel' })
    await new Visitor().signIn('nobody@example.com', 'not the password')

    const page = await new Visitor().get('/metrics')
    assert.equal(page.status, 200)
    assert.include(page.headers.get('content-type') ?? '', 'text/plain')
    const line = (labels: string) => new RegExp(`daemun_sign_ins_total\\{${labels}\\} [1-9]`)
    assert.match(
      page.text,
      line('provider="kakao",intent="sign_in",outcome="signed_in",failure=""')
    )
    assert.match(
      page.text,
      line('provider="kakao",intent="sign_in",outcome="failed",failure="cancelled"')
    )
    assert.match(
      page.text,
      line('provider="password",intent="sign_in",outcome="refused",failure="credentials"')
    )
    assert.isNull(page.headers.get('set-cookie'))
  })

  test('are not for who comes through a proxy, whatever it claims', async ({ assert }) => {
    for (const headers of [
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-host': 'localhost' },
      { forwarded: 'for=127.0.0.1' },
    ] as Record<string, string>[]) {
      assert.equal((await new Visitor().get('/metrics', headers)).status, 403)
    }
  })
})
