import { test } from '@japa/runner'
import { Webhook } from 'standardwebhooks'
import { RotateWebhookSecret } from '#actions/clients/rotate_webhook_secret'
import { SwitchWebhook } from '#actions/clients/switch_webhook'
import { commandActor } from '#audit/actor'
import { Prune } from '#jobs/prune'
import { TellSites } from '#jobs/tell_sites'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'
import type User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { queuedMails } from '#tests/support/mails'
import { MEMBER, MEMBER_PASSWORD, signedInMember, tripFrom } from '#tests/support/people/member'
import { aToldSite, type ListeningSite } from '#tests/support/sites/told_sites'
import { makeProvider, withProviders } from '#tests/support/trip'
import type { Visitor } from '#tests/support/visitor'

test.group('Sites are told what happens to their members', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  let shop: ListeningSite
  let blog: ListeningSite

  group.each.setup(async () => {
    admin = await signedInAs('admin')
    shop = await aToldSite('shop')
    blog = await aToldSite('blog', { pairwise: true })
    return async () => {
      await shop.server.stop()
      await blog.server.stop()
    }
  })

  const pageOf = (user: User) => `/admin/users/${user.publicId}`
  const press = async (user: User, action: string) => {
    const version = (await admin.get(pageOf(user))).fieldValue('version') ?? ''
    return admin.press(pageOf(user), `${pageOf(user)}/${action}`, { version })
  }
  const fillIn = async (visitor: Visitor, page: string, fields: Record<string, string>) =>
    visitor.submit(await visitor.get(page), page, fields)
  const letTimePass = () =>
    SiteMessage.query()
      .whereNull('sentAt')
      .update({ nextAt: sqlTime(now()) })

  test('by kind, time and the id that they know, from the first sign-in there to the last day', async ({
    assert,
  }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const { user, visitor } = await signedInMember()
    /* Nobody is told of somebody who has not been there. */
    await fillIn(visitor, '/account/name', { name: '김하나' })
    assert.isEmpty(await SiteMessage.all())

    const [atShop, atBlog] = [await shop.visit(visitor), await blog.visit(visitor)]
    await fillIn(visitor, '/account/name', { name: '김두리' })
    await fillIn(visitor, '/account/name', { name: '김두리' })
    await tripFrom(world.server, visitor, '/account/sign_in_methods', 'kakao', {})
    const [identity] = await user.related('identities').query()
    assert.equal(identity.providerId, kakao.id)
    const methods = await visitor.get('/account/sign_in_methods')
    await visitor.submit(methods, `/account/sign_in_methods/${identity.publicId}/disconnect`)
    await press(user, 'suspension')
    await press(user, 'suspension/end')
    await visitor.signIn(MEMBER, MEMBER_PASSWORD)
    await fillIn(visitor, '/account/withdrawal', { understood: 'true' })

    /* One after the other, although one has trouble with the first. */
    const troubles = new Set<string>()
    blog.server.answer = ({ path, headers }) => {
      const isFirst = path === '/events' && troubles.size === 0
      if (isFirst) troubles.add(headers['webhook-id'])
      return isFirst ? 500 : 200
    }
    for (let round = 0; round < 12; round++) {
      await letTimePass()
      await new TellSites().handle()
    }
    assert.lengthOf(await SiteMessage.query().whereNull('sentAt'), 0)

    const kinds = [
      'member.changed',
      'identity.linked',
      'identity.unlinked',
      'member.suspended',
      'member.restored',
      'member.withdrawn',
    ]
    for (const [site, tokens, expected] of [
      [shop, atShop, kinds],
      [blog, atBlog, ['member.changed', ...kinds]],
    ] as const) {
      const events = await site.events()
      assert.deepEqual(
        events.map(({ type }) => type),
        [...expected]
      )
      for (const { data, timestamp } of events) {
        assert.deepEqual(data, { sub: tokens.claims()!.sub })
        assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      }
      const told = JSON.stringify(site.server.told)
      for (const hidden of [MEMBER, '두리', '하나']) assert.notInclude(told, hidden)
    }
    const [first, again] = await blog.events()
    assert.equal(first.id, again.id)
    assert.sameMembers([...troubles], [first.id])
    const statuses = (await SiteMessage.query().orderBy('id')).map(({ lastStatus }) => lastStatus)
    assert.sameMembers([...new Set(statuses)], [200, 204])
  })

  test('with a secret that is replaced while both serve, and after that with the new one alone', async ({
    assert,
  }) => {
    const { visitor } = await signedInMember()
    await shop.visit(visitor)
    const change = async (name: string) => {
      await fillIn(visitor, '/account/name', { name })
      await new TellSites().handle()
      return shop.server.told.filter(({ path }) => path === '/events').at(-1)!
    }
    const isSignedBy = (told: Awaited<ReturnType<typeof change>>, secret: string) => {
      try {
        new Webhook(secret).verify(told.body, told.headers)
        return true
      } catch {
        return false
      }
    }
    const [first] = (await shop.row()).webhookSecrets
    const rotate = async (graceMs: number) =>
      (await new RotateWebhookSecret().handle(await shop.row(), graceMs, commandActor()))!
    const second = await rotate(3_600_000)
    const overlap = await change('김하나')
    assert.isTrue(isSignedBy(overlap, first))
    assert.isTrue(isSignedBy(overlap, second))
    assert.lengthOf(overlap.headers['webhook-signature'].split(' '), 2)

    await Client.query().update({ webhookPreviousUntil: sqlTime(now().minus({ seconds: 1 })) })
    const later = await change('김두리')
    assert.isFalse(isSignedBy(later, first))
    assert.isTrue(isSignedBy(later, second))
    await new Prune().handle()
    assert.isNull((await shop.row()).webhookSecretPrevious)

    /* After a leak. */
    const third = await rotate(0)
    const last = await change('김세나')
    assert.isFalse(isSignedBy(last, second))
    assert.isTrue(isSignedBy(last, third))

    const stored = JSON.stringify([await Client.all(), await AuditEntry.all()])
    for (const secret of [first, second, third]) assert.notInclude(stored, secret)
  })

  test('no more after a week in which they took nothing, which administrators are told once', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    await shop.visit(visitor)
    await blog.visit(visitor)
    shop.server.answer = ({ path }) => (path === '/events' ? 410 : 204)
    const change = async (name: string) => {
      await fillIn(visitor, '/account/name', { name })
      await letTimePass()
      await new TellSites().handle()
    }
    await change('김하나')
    assert.isTrue((await shop.row()).hearsEvents)
    await Client.query().update({ webhookFailingSince: sqlTime(now().minus({ days: 6 })) })
    await change('김두리')
    assert.isTrue((await shop.row()).hearsEvents)

    await Client.query()
      .whereNotNull('webhookFailingSince')
      .update({ webhookFailingSince: sqlTime(now().minus({ days: 7, minutes: 1 })) })
    await change('김세나')
    await change('김네나')
    assert.isFalse((await shop.row()).hearsEvents)
    assert.isTrue((await blog.row()).hearsEvents)
    const mails = (await queuedMails()).filter(({ template }) => template === 'webhook_off')
    assert.lengthOf(mails, 1)
    const told = await SiteMessage.query().where('clientId', (await shop.row()).id)
    assert.isTrue(told.every(({ isGivenUp, lastError }) => isGivenUp && lastError !== null))
    assert.includeMembers(
      told.map(({ lastError }) => lastError),
      ['webhook_off']
    )

    /* Sign-outs are told all the same. */
    await press(user, 'suspension')
    await new TellSites().handle()
    assert.lengthOf(await shop.signOuts(), 2)

    shop.server.answer = 200
    assert.isTrue(await new SwitchWebhook().handle(await shop.row(), 'on', commandActor()))
    await press(user, 'suspension/end')
    await new TellSites().handle()
    assert.equal((await shop.events()).at(-1)!.type, 'member.restored')
    const actions = (await AuditEntry.query().where('subjectType', 'client').orderBy('id')).map(
      ({ action }) => action
    )
    assert.includeMembers(actions, ['client.webhook_off', 'client.webhook_on'])
  })
})
