import { request as httpRequest } from 'node:http'
import { test } from '@japa/runner'
import env from '#start/env'
import { SeedSandboxProviders } from '#actions/providers/seed_sandbox_providers'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { sandboxOrigins } from '#sandbox/origins'
import { simulators } from '#sandbox/registry'
import { DRIVERS } from '#protocol/drivers'
import { Markup } from '#tests/support/markup'
import { t } from '#tests/support/texts'

const { auth: kakao } = sandboxOrigins('kakao')
const { auth: naver } = sandboxOrigins('naver')

const query = new URLSearchParams({
  client_id: 'sandboxNaverClient01',
  redirect_uri: 'http://localhost:3399/user/login/social/naver/callback/',
  response_type: 'code',
  state: 's',
})

/** fetch does not let a test choose the Host header. */
function statusFor(host: string, path: string) {
  return new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(kakao)
    httpRequest({ hostname, port, path, headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
      .on('error', reject)
      .end()
  })
}

test.group('Sandbox | inside the app', () => {
  test('a person agrees and the tokens lead to their profile', async ({ assert }) => {
    const page = await fetch(`${naver}/oauth2.0/authorize?${query}`)
    const content = new Markup(await page.text())
    assert.equal(page.status, 200)
    assert.include(content.words, t('sandbox.title', { provider: t('sandbox.naver') }))
    assert.include(content.words, t('sandbox.agree'))
    assert.include(page.headers.get('content-security-policy')!, `form-action 'self' http: https:`)
    assert.isNull(page.headers.get('set-cookie'))

    const [action] = content.actions
    assert.match(action, /^\/sandbox\/naver\/oauth2\.0\/authorize\/consent\?/)
    const answer = await fetch(new URL(action, naver), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'agree', person: 'minjun', agree: 'email' }),
    })
    assert.equal(answer.status, 302)
    assert.equal(answer.headers.get('content-length'), '0')
    assert.include(answer.headers.get('set-cookie')!, 'Path=/sandbox/naver/oauth2.0/authorize;')
    const callback = new URL(answer.headers.get('location')!)
    assert.equal(callback.origin, 'http://localhost:3399')

    const token = await fetch(`${naver}/oauth2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'sandboxNaverClient01',
        client_secret: 'sandboxTwo',
        code: callback.searchParams.get('code')!,
        state: 's',
      }),
    })
    const { access_token: accessToken } = (await token.json()) as { access_token: string }
    const authorization = `Bearer ${accessToken}`
    const me = await fetch(`${naver}/v1/nid/me`, { headers: { authorization } })
    assert.include(await me.text(), '"email":"minjun@example.com"}}')

    const revoked = await fetch(`${naver}/oauth2.0/revoke`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'sandboxNaverClient01',
        client_secret: 'sandboxOne',
        token: accessToken,
      }),
    })
    assert.equal(revoked.status, 200)
    assert.equal(await revoked.text(), '')
  })

  test('the page speaks English to those who ask for it, and has its stylesheet', async ({
    assert,
  }) => {
    const headers = { 'accept-language': 'en' }
    const page = await fetch(`${naver}/oauth2.0/authorize?${query}`, { headers })
    const content = new Markup(await page.text())
    assert.isTrue(content.has('html[lang=en]'))
    assert.include(content.words, t('sandbox.banner', {}, 'en'))
    const [href] = content.valuesOf('link[rel=stylesheet]', 'href')
    const styles = await fetch(new URL(href, naver))
    assert.equal(styles.status, 200)
    assert.match(styles.headers.get('content-type')!, /^text\/css/)
  })

  test('it does not exist at localhost, nor for a provider nobody simulates', async ({
    assert,
  }) => {
    const path = '/sandbox/kakao/oauth/authorize'
    assert.equal(await statusFor('127.0.0.1', path), 400)
    assert.equal(await statusFor('127.0.0.1:3399', path), 400)
    assert.equal(await statusFor('localhost:3399', path), 404)
    assert.equal(await statusFor('127.0.0.2:3399', path), 404)
    assert.equal(await statusFor('127.0.0.1', '/sandbox/other/oauth/authorize'), 404)
    assert.equal(await statusFor('127.0.0.1', '/sandbox/constructor/oauth/authorize'), 404)
  })

  test('it does not exist without SANDBOX', async ({ assert, cleanup }) => {
    env.set('SANDBOX', false)
    cleanup(() => env.set('SANDBOX', true))
    assert.equal(await statusFor('127.0.0.1', '/sandbox/kakao/oauth/authorize'), 404)
    await new SeedSandboxProviders().handle()
  })

  test('the lists of connected services are there, in the language of the browser', async ({
    assert,
  }) => {
    const { servicesPath } = simulators.naver
    const korean = await (await fetch(naver + servicesPath)).text()
    assert.include(korean, t('sandbox.services_title', { provider: t('sandbox.naver') }))
    const headers = { 'accept-language': 'en' }
    const english = await (await fetch(naver + servicesPath, { headers })).text()
    const provider = t('sandbox.naver', {}, 'en')
    assert.include(english, t('sandbox.services_title', { provider }, 'en'))
    assert.equal(await statusFor('localhost:3399', `/sandbox/naver${servicesPath}`), 404)
  })

  test('a body beyond 64 KiB is refused', async ({ assert }) => {
    const body = new URLSearchParams({ code: 'x'.repeat(70_000) })
    const response = await fetch(`${kakao}/oauth/token`, { method: 'POST', body })
    assert.equal(response.status, 413)
  })
})

test.group('Sandbox | its providers', (group) => {
  const clear = async () => {
    await ProviderCredential.query().delete()
    await Provider.query().delete()
  }
  group.each.setup(async () => {
    await clear()
    return clear
  })

  test('are there once, however many processes start', async ({ assert }) => {
    await Promise.all([1, 2, 3].map(() => new SeedSandboxProviders().handle()))
    await new SeedSandboxProviders().handle()

    const providers = await Provider.withButton().preload('activeCredential')
    assert.deepEqual(
      providers.map(({ key, driver, label, emailPolicy, sandbox }) => ({
        key,
        driver,
        label,
        emailPolicy,
        sandbox,
      })),
      [
        {
          key: 'kakao',
          driver: 'kakao',
          label: DRIVERS.kakao.defaults.label,
          emailPolicy: 'provider_says',
          sandbox: true,
        },
        {
          key: 'naver',
          driver: 'naver',
          label: DRIVERS.naver.defaults.label,
          emailPolicy: 'never',
          sandbox: true,
        },
      ]
    )
    for (const { activeCredential, requiredFields, scopes } of providers) {
      assert.deepEqual(requiredFields, ['email', 'name'])
      assert.deepEqual(scopes, [])
      assert.equal(activeCredential.status, 'active')
      assert.match(activeCredential.revealSecret(), /^sandbox/)
    }
    const credentials = await ProviderCredential.all()
    assert.lengthOf(credentials, 2)
  })

  test('Kakao’s has its admin key, also where an earlier version made the row without', async ({
    assert,
  }) => {
    await new SeedSandboxProviders().handle()
    const kakaoRow = await Provider.findByOrFail('key', 'kakao')
    const keys = kakaoRow.revealAdminKeys()
    assert.deepEqual(keys, [simulators.kakao.row.adminKey!])
    assert.isEmpty((await Provider.findByOrFail('key', 'naver')).revealAdminKeys())

    kakaoRow.dropAdminKeys()
    await kakaoRow.save()
    await new SeedSandboxProviders().handle()
    assert.deepEqual((await Provider.findByOrFail('key', 'kakao')).revealAdminKeys(), keys)
  })

  test('leave a provider with real keys alone', async ({ assert }) => {
    await Provider.create({
      key: 'kakao',
      driver: 'kakao',
      label: 'Real',
      scopes: [],
      requiredFields: [],
    })
    await new SeedSandboxProviders().handle()
    const provider = await Provider.findByOrFail('key', 'kakao')
    assert.equal(provider.label, 'Real')
    assert.isNull(provider.activeCredentialId)
    assert.isEmpty(provider.revealAdminKeys())
  })
})
