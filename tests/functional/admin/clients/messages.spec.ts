import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { TellSites } from '#jobs/tell_sites'
import type Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'
import { now, sqlTime } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aToldSite, type ListeningSite, readEvent } from '#tests/support/sites/told_sites'

const PAGE = '/admin/site_messages'

test.group('Admin: what sites are told', (group) => {
  let admin: Administrator
  let shop: ListeningSite
  let client: Client

  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
    shop = await aToldSite('shop', { name: '<b>가게</b>' })
    client = await shop.row()
    return () => shop.server.stop()
  })

  const queue = (...kinds: SiteMessage['kind'][]) =>
    db.transaction((trx) =>
      SiteMessage.queue(
        kinds.map((kind) => ({ client, kind, member: `member of ${kind}` })),
        trx
      )
    )
  const pageOf = () => `/admin/clients/${client.publicId}/messages`

  test('what is stuck is listed with the reason, sent again or dropped, and what arrived is on the page of the site', async ({
    assert,
  }) => {
    await queue('logout', 'member.suspended')
    assert.include((await admin.get(PAGE)).words, '사이트 알림 2건을 보내는 중입니다')
    assert.include((await admin.get(PAGE)).words, '보내지 못한 사이트 알림이 없습니다')
    shop.server.answer = ({ path }) => (path === '/logout' ? 404 : 204)
    await new TellSites().handle()

    const page = await admin.get(PAGE)
    assert.include(page.words, '<b>가게</b>')
    assert.include(page.words, '사이트가 받지 않았습니다. 404')
    assert.notInclude(page.words, '회원 이용 정지')
    const log = await admin.get(pageOf())
    for (const word of ['로그아웃', '회원 이용 정지', '404', '204', `${shop.server.url}/events`]) {
      assert.include(log.words, word)
    }
    for (const { text } of [page, log]) assert.notInclude(text, 'member of ')

    /* Sent again with the name it had, although it had arrived. */
    const [logout, event] = await SiteMessage.query().orderBy('id')
    shop.server.answer = 200
    const fields = { site: client.publicId }
    const answer = await admin.submit(log, `${PAGE}/${event.publicId}/retry`, fields)
    assert.equal(answer.location, pageOf())
    await admin.press(PAGE, `${PAGE}/${logout.publicId}/retry`)
    assert.containSubset(await new TellSites().handle(), { sent: 2 })
    const [first, second] = await shop.events()
    assert.equal(first.id, second.id)

    await queue('member.restored')
    await SiteMessage.query()
      .whereNull('sentAt')
      .update({ givenUpAt: sqlTime(now()), tries: 9 })
    const [last] = await SiteMessage.query().orderBy('id', 'desc')
    const given = await admin.get(PAGE)
    assert.include(given.words, '중단됨')
    const dropped = await admin.submit(given, `${PAGE}/${last.publicId}/drop`)
    assert.equal(dropped.location, PAGE)
    assert.isNull(await SiteMessage.find(last.id))
    /* What has arrived cannot be dropped any more. */
    await admin.submit(given, `${PAGE}/${event.publicId}/drop`)
    assert.isNotNull(await SiteMessage.find(event.id))
    assert.include((await admin.get(PAGE)).words, '지금 보내는 중이거나 이미 없는 알림입니다')
  })

  test('a webhook secret is shown once, and the switch says what it does', async ({ assert }) => {
    const [before] = client.webhookSecrets
    const page = await admin.get(pageOf())
    assert.notInclude(page.text, 'whsec_')
    const shown = await admin.submit(page, `/admin/clients/${client.publicId}/webhook_secret`, {
      grace: '24h',
    })
    const [secret] = /whsec_[\w+/=]+/.exec(shown.text) ?? []
    assert.isString(secret)
    const again = await admin.get(pageOf())
    assert.notInclude(again.text, 'whsec_')
    assert.include(again.words, '이전 시크릿으로도 함께 서명합니다')

    await queue('member.changed')
    await new TellSites().handle()
    for (const one of [before, secret!]) {
      assert.equal(readEvent(shop.server.told[0], one).type, 'member.changed')
    }

    const off = await admin.press(pageOf(), `/admin/clients/${client.publicId}/webhook/end`)
    assert.include(off.words, '회원 알림이 꺼져 있어')
    const on = await admin.press(pageOf(), `/admin/clients/${client.publicId}/webhook`)
    assert.notInclude(on.words, '회원 알림이 꺼져 있어')
    assert.include(on.words, '회원 알림을 켰습니다')
  })
})
