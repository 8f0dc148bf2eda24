import * as openid from 'openid-client'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import { TellSites } from '#jobs/tell_sites'
import SiteMessage from '#models/oidc/site_message'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { MEMBER, MEMBER_PASSWORD, signedInMember, visitorOf } from '#tests/support/people/member'
import { lastMailTo } from '#tests/support/mails'
import { aToldSite, type ListeningSite } from '#tests/support/sites/told_sites'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

const NOTHING = { sent: 0, putOff: 0, givenUp: 0 }

test.group('Sites are told that a sign-in has ended', (group) => {
  const world = withProviders(group)
  let shop: ListeningSite
  let blog: ListeningSite

  group.each.setup(async () => {
    shop = await aToldSite('shop', {
      scopes: ['openid', 'offline_access'],
      postLogoutRedirectUris: ['https://shop.example.com/left'],
    })
    /* It knows members by other ids, and must be told of them by those. */
    blog = await aToldSite('blog', { pairwise: true })
    return async () => {
      await shop.server.stop()
      await blog.server.stop()
    }
  })

  type Tokens = Awaited<ReturnType<ListeningSite['visit']>>

  interface Scene {
    user: User
    visitor: Visitor
    /** Another browser of the same member. */
    other: Visitor
    tokens: Tokens
  }

  const pressed = async (visitor: Visitor, page: string, action = page, fields = {}) =>
    visitor.submit(await visitor.get(page), action, fields)

  const byAdministrator = async ({ user }: Scene, action: string) => {
    const admin = await signedInAs('admin')
    const page = await admin.get(`/admin/users/${user.publicId}`)
    const version = page.fieldValue('version') ?? ''
    return admin.submit(page, `/admin/users/${user.publicId}/${action}`, { version })
  }

  /*
   * What ends the session in use, and whether everything of the member ends with it: then
   * the sites are told so as well, because what they remember may be older.
   */
  const ENDS: [string, boolean, (scene: Scene) => Promise<Page>][] = [
    ['signing out', false, ({ visitor }) => pressed(visitor, '/', '/user/logout')],
    [
      'signing out by one of the sites',
      false,
      ({ visitor, tokens }) => {
        const url = openid.buildEndSessionUrl(shop.config, { id_token_hint: tokens.id_token! })
        return visitor.get(url.href)
      },
    ],
    [
      'ending the device from another',
      false,
      async ({ user, other }) => {
        const session = await UserSession.query().where('userId', user.id).firstOrFail()
        return pressed(other, '/account/devices', `/account/devices/${session.publicId}/sign_out`)
      },
    ],
    [
      'signing out everywhere else',
      false,
      ({ other }) => pressed(other, '/account/devices', '/account/devices/sign_out'),
    ],
    ['a suspension', true, (scene) => byAdministrator(scene, 'suspension')],
    ['an administrator', true, (scene) => byAdministrator(scene, 'devices/sign_out')],
    [
      'a password reset',
      true,
      async () => {
        const stranger = new Visitor()
        await pressed(stranger, '/user/password/forgot', undefined, { email: MEMBER })
        const mail = await lastMailTo(MEMBER)
        const link = new URL(mail!.template === 'reset_password' ? mail!.data.url : '').pathname
        return pressed(stranger, link, undefined, { password: 'nine loud geese at dusk' })
      },
    ],
    [
      'a withdrawal',
      true,
      ({ visitor }) => pressed(visitor, '/account/withdrawal', undefined, { understood: 'true' }),
    ],
  ]

  for (const [what, endsAll, end] of ENDS) {
    test(`by ${what}: each site, once, with the ids that it knows`, async ({ assert }) => {
      const { user, visitor } = await signedInMember()
      const other = await visitorOf(user)
      const atShop = await shop.visit(visitor)
      /* Twice, as a page does that asks again without the visitor. */
      await shop.visit(visitor)
      const atBlog = await blog.visit(visitor)
      assert.notEqual(atShop.claims()!.sub, atBlog.claims()!.sub)
      assert.deepEqual(await new TellSites().handle(), NOTHING)

      const page = await end({ user, visitor, other, tokens: atShop })
      assert.oneOf(page.status, [200, 303])
      for (const site of [shop, blog]) {
        const queued = SiteMessage.query().where('kind', 'logout')
        const rows = await queued.where('clientId', (await site.row()).id)
        assert.lengthOf(rows, endsAll ? 2 : 1)
      }
      await new TellSites().handle()
      for (const [site, tokens] of [
        [shop, atShop],
        [blog, atBlog],
      ] as const) {
        const { sub, sid } = tokens.claims()!
        assert.isString(sid)
        const told = await site.signOuts()
        assert.sameDeepMembers(
          told.map((one) => ({ sub: one.sub, sid: one.sid })),
          [{ sub, sid }, ...(endsAll ? [{ sub, sid: undefined }] : [])]
        )
      }
      assert.deepEqual(await new TellSites().handle(), NOTHING)
      assert.lengthOf(await SiteMessage.query().where('kind', 'logout').whereNull('sentAt'), 0)
    })
  }

  test('by the end of the link at the provider, for what came through it', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const byKakao = new Visitor()
    await signInWith(world.server, byKakao, 'kakao')
    const user = await User.firstOrFail()
    await user.merge({ email: MEMBER, password: MEMBER_PASSWORD }).save()
    const byPassword = await visitorOf(user)
    const through = await shop.visit(byKakao)
    await shop.visit(byPassword)

    const identity = await user.related('identities').query().where('providerId', kakao.id).first()
    const page = await pressed(
      byPassword,
      '/account/sign_in_methods',
      `/account/sign_in_methods/${identity!.publicId}/disconnect`
    )
    assert.equal(page.status, 303)
    await new TellSites().handle()
    assert.deepEqual(
      (await shop.signOuts()).map(({ sid }) => sid),
      [through.claims()!.sid]
    )
    assert.isFalse(await byKakao.isSignedIn())
    assert.isTrue(await byPassword.isSignedIn())
  })

  test('discovery says so, and a site that was never used is told nothing', async ({ assert }) => {
    const metadata = shop.config.serverMetadata() as Record<string, unknown>
    assert.isTrue(metadata.backchannel_logout_supported)
    assert.isTrue(metadata.backchannel_logout_session_supported)

    const { visitor } = await signedInMember()
    await shop.visit(visitor)
    await (await blog.row()).merge({ backchannelLogoutUri: null }).save()
    await blog.visit(visitor)
    await pressed(visitor, '/', '/user/logout')
    assert.containSubset(await new TellSites().handle(), { sent: 1 })
    assert.isEmpty(blog.server.told)
  })

  test('one that does not answer is asked again, ever more rarely, and given up after days', async ({
    assert,
  }) => {
    const client = await shop.row()
    const words = Array.from({ length: 7 }, (_, index) => `session ${index}`)
    await db.transaction((trx) =>
      SiteMessage.queue(
        words.map((sid) => ({ client, kind: 'logout', member: 'somebody', sid })),
        trx
      )
    )
    shop.server.answer = 503
    /* Five at once; what they find out holds for the others. */
    assert.deepEqual(await new TellSites().handle(), { ...NOTHING, putOff: 5 })
    assert.deepEqual(await new TellSites().handle(), NOTHING)
    assert.lengthOf(shop.server.told, 5)
    const [one] = await SiteMessage.query().where('tries', 1)
    await SiteMessage.query().whereNot('id', one.id).delete()
    const letTimePass = () => SiteMessage.query().update({ nextAt: sqlTime(now()) })

    const pauses: number[] = []
    for (let tries = 2; tries <= 20; tries++) {
      await letTimePass()
      const outcome = await new TellSites().handle()
      const message = await SiteMessage.query().firstOrFail()
      assert.equal(message.tries, tries)
      assert.equal(message.lastStatus, 503)
      assert.equal(message.lastError, 'status 503')
      if (outcome.givenUp) break
      pauses.push(message.nextAt.diff(message.updatedAt, 'minutes').minutes)
    }
    assert.deepEqual(
      pauses,
      [...pauses].sort((a, b) => a - b)
    )
    assert.approximately(pauses.reduce((sum, pause) => sum + pause, 1) / 60 / 24, 3, 0.1)
    assert.deepEqual(await new TellSites().handle(), NOTHING)

    /* Each try had a token of its own about the same session. */
    const told = await shop.signOuts()
    assert.lengthOf(new Set(told.map(({ jti }) => jti)), told.length)
  })

  test('what a site or its network does wrong ends in time and is named', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await shop.visit(visitor)
    await blog.visit(visitor)
    shop.server.answer = 'hang'
    await pressed(visitor, '/', '/user/logout')
    /* The visitor has gone on long ago, and the other site is told meanwhile. */
    const first = new TellSites().handle()
    while (blog.server.told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.isNull(
      (
        await SiteMessage.query()
          .where('clientId', (await shop.row()).id)
          .firstOrFail()
      ).sentAt
    )
    assert.deepEqual(await first, { sent: 1, putOff: 1, givenUp: 0 })

    const elsewhere = await aToldSite('elsewhere')
    const failures: (string | null)[] = []
    for (const [answer, change] of [
      [{ redirect: elsewhere.server.url }, {}],
      [400, {}],
      ['break', {}],
      [200, { inside: false }],
      [200, { backchannelLogoutUri: 'http://169.254.169.254/latest' }],
      [200, { backchannelLogoutUri: `https://localhost:${shop.server.port}/logout` }],
    ] as const) {
      shop.server.answer = answer
      await (await shop.row()).merge({ inside: true, ...change }).save()
      await SiteMessage.query().update({ nextAt: sqlTime(now()) })
      await new TellSites().handle()
      failures.push((await SiteMessage.query().whereNull('sentAt').firstOrFail()).lastError)
    }
    assert.deepEqual(failures.slice(0, 5), [
      'status 307',
      'status 400',
      'unreachable ECONNRESET',
      'address_refused',
      'address_refused',
    ])
    assert.match(failures[5]!, /^unreachable /)
    assert.isEmpty(elsewhere.server.told)
    await elsewhere.server.stop()

    /* Nobody is there any more to be told. */
    await (await shop.row()).merge({ disabledAt: now() }).save()
    await SiteMessage.query().update({ nextAt: sqlTime(now()) })
    assert.deepEqual(await new TellSites().handle(), { ...NOTHING, givenUp: 1 })
  }).timeout(30_000)

  test('a sign-out that is undone tells nobody', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await shop.visit(visitor)
    await db
      .transaction(async (trx) => {
        await user.useTransaction(trx).endSessions()
        throw new Error('undone')
      })
      .catch(() => {})
    assert.isTrue(await visitor.isSignedIn())
    assert.isEmpty(await SiteMessage.all())
    assert.isNotEmpty(await db.from('oidc_payloads').where('model', 'Visit'))
    assert.include(shop.config.serverMetadata().issuer, appUrl)
  })
})
