import { test } from '@japa/runner'
import type { Assert } from '@japa/assert'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import Client from '#models/oidc/client'
import ClientFailure from '#models/oidc/client_failure'
import ClientMember from '#models/oidc/client_member'
import Consent from '#models/oidc/consent'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { signedInMember } from '#tests/support/people/member'
import { aRequest, aSite, onToSite, pressOn, siteClient } from '#tests/support/sites/site'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'

const OURS = `${appUrl}/admin/client_trials`

/** Begins a trial from the site's page; returns the authorization request. */
async function begin(admin: Administrator, clientId = 'shop') {
  const { publicId } = await Client.findByOrFail({ clientId })
  const page = await admin.get(`/admin/clients/${publicId}`)
  return (await admin.submit(page, `/admin/clients/${publicId}/trials`)).location
}

/** Nothing is left of a trial but its row, which says nothing. */
async function assertNothingLeft(assert: Assert) {
  assert.isEmpty(await db.from('oidc_payloads'))
  for (const model of [ClientMember, Consent, ClientFailure]) assert.isEmpty(await model.all())
}

test.group('The trial of a site', (group) => {
  group.each.setup(emptyDatabase)

  test('shows what the site would get, without its secret, and leaves nothing behind', async ({
    assert,
  }) => {
    const secret = await aSite({ accessTokenMinutes: 10 })
    for (const language of ['ko', 'en'] as const) {
      const words = [
        t('clients.trial.done', {}, language),
        t('clients.trial.claims.sub', {}, language),
        t('clients.trial.access_token', { minutes: 10 }, language),
      ]
      const admin = await signedInAs('admin', language)
      const address = (await admin.get(await begin(admin))).location
      assert.isTrue(address.startsWith(`${OURS}?code=`), address)
      const page = await admin.get(address)
      assert.equal(page.status, 200, page.words)
      const user = await User.query().orderBy('id', 'desc').firstOrFail()
      for (const one of [...words, user.publicId, user.email!, 'email_verified', 'auth_time']) {
        assert.include(page.words, one)
      }
      assert.notInclude(admin.everythingSeen, secret)
      /* A second time it is over, for this code and for any other. */
      const again = await admin.get(address)
      assert.equal(again.status, 410)
      assert.notInclude(again.words, user.email!)
      await assertNothingLeft(assert)
    }
  })

  test('goes by the rules of the site: third party, public, ids of its own', async ({ assert }) => {
    await aSite({ thirdParty: true, kind: 'browser', pairwise: true, scopes: ['openid', 'email'] })
    const admin = await signedInAs('admin')
    const asked = await admin.visit(await begin(admin))
    const address = await onToSite(admin, await pressOn(admin, asked, 'continue'))
    const { words } = await admin.get(address)
    const user = await User.firstOrFail()
    assert.include(words, user.email!)
    assert.notInclude(words, user.publicId)
    assert.notInclude(words, '"김관리"')
    await assertNothingLeft(assert)

    const cancelled = await admin.visit(await begin(admin))
    const back = await onToSite(admin, await pressOn(admin, cancelled, 'cancel'))
    const refused = await admin.get(back)
    assert.equal(refused.status, 422)
    assert.include(refused.words, 'access_denied')
    await Client.query().update({ closedToNewcomers: true })
    const closed = t('sites.question.closed.title', { site: '가게' })
    assert.include((await admin.visit(await begin(admin))).words, closed)
  })

  test('is open to nobody but the administrator who began it, in that browser', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    const admin = await signedInAs('admin')
    const request = await begin(admin)
    const other = await signedInAs('admin')
    const member = (await signedInMember()).visitor
    const stranger = new Visitor()
    const forged = (await aRequest(config, { redirect_uri: OURS })).url.href

    /* Our address is none of the site's, with the state of somebody else's trial or without. */
    for (const visitor of [other, member, stranger]) {
      for (const address of [request, forged]) {
        const page = await visitor.get(address)
        assert.equal(page.status, 400, address)
        assert.equal(page.location, '')
      }
    }
    assert.equal((await admin.get(forged)).status, 400)
    const another = new URL(request, appUrl)
    await aSite({ clientId: 'cafe' })
    another.searchParams.set('client_id', 'cafe')
    assert.equal((await admin.get(another.href)).status, 400)

    const { location } = await admin.get(request)
    const code = new URL(location).searchParams.get('code')!
    assert.equal((await other.get(location)).status, 410)
    assert.equal((await member.get(location)).status, 404)
    assert.equal((await stranger.get(location)).status, 303)
    /* Not by the token endpoint either: the site's secret is needed there, and PKCE. */
    for (const secret of ['none: asked in house', '']) {
      const answer = await fetch(`${appUrl}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: OURS,
          client_id: 'shop',
          ...(secret && { client_secret: secret }),
        }),
      })
      assert.equal(answer.status, 401)
    }
    /* A code of another sign-in is none of the trial's. */
    const stolen = await aRequest(config)
    const theirs = (await member.get(stolen.url.href)).location
    const swapped = new URL(location)
    swapped.searchParams.set('code', new URL(theirs).searchParams.get('code')!)
    const page = await admin.get(swapped.href)
    assert.equal(page.status, 422)
    assert.notInclude(page.words, 'email_verified')
    assert.equal((await admin.get(location)).status, 410)
    assert.isString((await stolen.finish(theirs)).id_token)
  })

  test('is over after ten minutes, and with the session', async ({ assert }) => {
    await aSite()
    const admin = await signedInAs('admin')
    const late = await begin(admin)
    const before = sqlTime(now().minus({ seconds: 1 }))
    await db.from('client_trials').update({ expires_at: before })
    assert.equal((await admin.get(late)).status, 400)
    const request = await begin(admin)
    const { location } = await admin.get(request)
    await db.from('client_trials').update({ expires_at: before })
    assert.equal((await admin.get(location)).status, 410)
  })

  test('the settings to copy have the site’s own values, and say what is not registered', async ({
    assert,
  }) => {
    const shop = 'https://shop.example.com'
    const secret = await aSite({ redirectUris: [`${shop}/api/auth/callback/daemun`] })
    const admin = await signedInAs('admin', 'en')
    const { publicId } = await Client.firstOrFail()
    const { words } = await admin.get(`/admin/clients/${publicId}`)
    for (const one of [
      appUrl,
      `${appUrl}/.well-known/openid-configuration`,
      "clientId: 'shop'",
      'OIDCClientID shop',
      'process.env.DAEMUN_CLIENT_SECRET',
      t('clients.set_up.registered', { address: `${shop}/api/auth/callback/daemun` }, 'en'),
      t('clients.set_up.unregistered', { address: `${shop}/login/oauth2/code/daemun` }, 'en'),
    ]) {
      assert.include(words, one)
    }
    assert.notInclude(words, secret)
  })
})
