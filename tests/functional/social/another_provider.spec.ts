import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from '@japa/runner'
import Identity from '#models/identity'
import { providerOrigins } from '#start/env'
import type { ProviderAnswer } from '#protocol/bounded_request'
import { Driver } from '#protocol/driver'
import { DRIVERS } from '#protocol/drivers'
import { ProtocolFailure } from '#protocol/failure'
import type { Person } from '#protocol/person'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { t } from '#tests/support/texts'
import { makeCredential, makeProviderRow, start } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** A provider that exists in this file alone: one driver class, one line of the registry. */
class GateDriver extends Driver {
  static readonly origins = { auth: 'https://gate.example', api: 'https://gate.example' }
  static readonly defaults = { label: '문지기', emailPolicy: 'never', scopes: [] } as const
  static readonly ownDomains = [] as const
  static readonly clientIdIsApplication = true
  static readonly secretOptional = false

  protected authorizeUrl = `${this.client.origins.auth}/authorize`
  protected accessTokenUrl = `${this.client.origins.auth}/token`
  protected profileUrl = `${this.client.origins.api}/me`

  protected askAgain() {
    return {}
  }
  protected signInAgain() {
    return {}
  }

  async endLink() {}
  async consents() {
    return []
  }

  protected readTokenAnswer({ status, body }: ProviderAnswer) {
    if (status !== 200) throw new ProtocolFailure('token_refused', status)
    return body
  }

  protected readPerson({ body }: ProviderAnswer): Person {
    return {
      subject: String(body.sub),
      email: null,
      emailStatus: 'unknown',
      realName: String(body.name),
      nickname: null,
      avatarUrl: null,
      askable: {},
    }
  }
}

test.group('A provider nobody has heard of', (group) => {
  group.each.setup(async () => {
    await emptyDatabase()
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      const answer = request.url === '/me' ? { sub: 7, name: '수문장' } : { access_token: 'abc' }
      response.end(JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    DRIVERS.gate = GateDriver
    providerOrigins.GATE_AUTH_ORIGIN = origin
    providerOrigins.GATE_API_ORIGIN = origin
    return () => {
      delete DRIVERS.gate
      delete providerOrigins.GATE_AUTH_ORIGIN
      delete providerOrigins.GATE_API_ORIGIN
      server.close()
    }
  })

  test('needs a driver and a line in the registry, and gets a button, a trip and a person', async ({
    assert,
  }) => {
    const provider = await makeProviderRow('gate', { requiredFields: ['name'] })
    await makeCredential(provider, 'gate-id', 'gate-secret')
    const visitor = new Visitor()
    const { words } = await visitor.get('/user/login')
    assert.include(words, t('common.social.other', { label: '문지기' }))

    const started = await start(visitor, 'gate', { next: '/article' })
    const authorize = new URL(started.location)
    assert.equal(authorize.pathname, '/authorize')
    assert.equal(authorize.searchParams.get('code_challenge_method'), 'S256')

    const state = authorize.searchParams.get('state')
    const answer = await visitor.get(`/user/login/social/gate/callback/?code=x&state=${state}`)
    assert.equal(answer.location, '/article')
    assert.equal((await Identity.firstOrFail()).subject, '7')
    assert.include((await visitor.get('/')).words, '수문장')
  })

  for (const language of ['ko', 'en']) {
    test(`has its pages in the administration (${language})`, async ({ assert }) => {
      const { publicId } = await makeProviderRow('gate')
      const admin = await signedInAs('admin', language)
      const page = await admin.get(`/admin/providers/${publicId}`)
      assert.include(page.words, '/user/login/social/gate/callback/')
      assert.equal((await admin.get(`/admin/providers/${publicId}/settings`)).status, 200)
      assert.equal((await admin.get(`/admin/providers/${publicId}/admin_key`)).status, 404)
      assert.include((await admin.get('/admin/providers')).words, '문지기')
    })
  }
})
