import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from '@japa/runner'
import { Markup } from '#tests/support/markup'
import { startProviderServer, type ProviderServer } from '#tests/support/servers/provider_server'
import { freePort } from '#tests/support/servers/spawned_process'
import { t } from '#tests/support/texts'

const CALLBACK = 'http://localhost:3333/user/login/social/x/callback/'

test.group('Sandbox | connected services', (group) => {
  let server: ProviderServer
  let site: Server
  let noticeUrl: string
  /** What the site answers to a notice. */
  let answers: (status: number) => void
  let received: number

  group.each.setup(async () => {
    server = await startProviderServer()
    let status = 204
    received = 0
    answers = (next) => (status = next)
    site = createServer((request, response) => {
      received++
      request.resume()
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    noticeUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/notices`
    register(noticeUrl)
    return async () => {
      await server.close()
      await new Promise((resolve) => site.close(resolve))
    }
  })

  const register = (url: string | null) =>
    server.naver.register({
      clientId: 'naver-client-id',
      clientSecrets: ['secret'],
      redirectUris: [CALLBACK],
      name: 'Shop <b>',
      noticeUrl: url,
    })

  async function agree(person: string) {
    const query = new URLSearchParams({
      client_id: 'naver-client-id',
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: 's',
    })
    const url = `${server.origin}/oauth2.0/authorize?${query}`
    const code = new URL(await server.consent(url, { person })).searchParams.get('code')!
    const answer = await fetch(`${server.origin}/oauth2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'naver-client-id',
        client_secret: 'secret',
        code,
        state: 's',
      }),
    })
    const tokens = (await answer.json()) as { access_token: string; refresh_token: string }
    return { token: tokens.access_token, refreshToken: tokens.refresh_token }
  }

  const list = async () =>
    new Markup(await (await fetch(server.origin + server.naver.servicesPath)).text())
  /** What the page says about the end of a link. */
  const told = (kind: string, values: Record<string, string | number> = {}) =>
    t(`sandbox.disconnected_${kind}`, { person: '김민준', app: 'Shop <b>', ...values })

  test('lists whoever is connected, and nobody else', async ({ assert }) => {
    assert.include((await list()).words, t('sandbox.services_none'))
    await agree('minjun')
    await agree('seoyeon')
    const page = await list()
    for (const name of ['김민준', '이서연', 'Shop <b>']) assert.include(page.words, name)
    assert.notInclude(page.words, '박하늘')
    assert.lengthOf(page.wordsOf('button'), 2)

    await server.disconnect('naver', { person: 'seoyeon' })
    assert.notInclude((await list()).wordsOf('legend'), '이서연')
  })

  test('the consent page leads there', async ({ assert }) => {
    const query = `client_id=naver-client-id&redirect_uri=${CALLBACK}&response_type=code&state=s`
    const page = await (await fetch(`${server.origin}/oauth2.0/authorize?${query}`)).text()
    assert.include(new Markup(page).links, server.naver.servicesPath)
  })

  test('a press ends consent and tokens before the site is told, and tells once', async ({
    assert,
  }) => {
    const { token, refreshToken } = await agree('minjun')
    let linked: boolean | null = null
    site.once('request', () => (linked = server.naver.isLinked('minjun', 'naver-client-id')))
    assert.equal(await server.disconnect('naver'), told('accepted', { status: 204 }))
    assert.equal(linked, false)
    assert.equal(received, 1)

    const me = await fetch(`${server.origin}/v1/nid/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    assert.equal(me.status, 401)
    const refreshed = await fetch(`${server.origin}/oauth2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'naver-client-id',
        client_secret: 'secret',
        refresh_token: refreshToken,
      }),
    })
    assert.include(await refreshed.text(), '"error"')

    assert.equal(await server.disconnect('naver'), told('ended_before'))
    assert.equal(received, 1)
  })

  for (const status of [200, 302, 403, 500]) {
    test(`${status} is no success to Naver, and is told with its number`, async ({ assert }) => {
      await agree('minjun')
      answers(status)
      const said = await server.disconnect('naver')
      assert.equal(said, told('refused', { status }))
      assert.equal(received, 1, 'nothing is sent again, and no redirect followed')
      assert.isFalse(server.naver.isLinked('minjun', 'naver-client-id'))
    })
  }

  test('a site that nobody can reach is told, and the link is gone', async ({ assert }) => {
    register(`http://127.0.0.1:${await freePort()}/notices`)
    await agree('minjun')
    const reason = 'ECONNREFUSED'
    assert.equal(await server.disconnect('naver'), told('unreachable', { reason }))
    assert.isFalse(server.naver.isLinked('minjun', 'naver-client-id'))
  })

  test('without an address for notices nobody is told', async ({ assert }) => {
    register(null)
    await agree('minjun')
    assert.include((await list()).words, t('sandbox.notice_nowhere'))
    assert.equal(await server.disconnect('naver'), told('untold'))
    assert.isFalse(server.naver.isLinked('minjun', 'naver-client-id'))
  })

  test('nonsense in the form changes nothing and shows the list', async ({ assert }) => {
    await agree('minjun')
    for (const fields of [{ person: 'nobody' }, { clientId: 'x' }, { clientId: 'constructor' }]) {
      assert.equal(await server.disconnect('naver', fields), '')
    }
    assert.include((await list()).wordsOf('legend'), '김민준')
    assert.equal(received, 0)
  })
})
