import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { TellSites } from '#jobs/tell_sites'
import type Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'
import { now, sqlTime } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { copied } from '#tests/support/people/second_factor'
import { aToldSite, type ListeningSite, readEvent } from '#tests/support/sites/told_sites'
import { t } from '#tests/support/texts'

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
    const before = await admin.get(PAGE)
    assert.include(before.words, t('site_messages.waiting_count', { count: 2 }))
    assert.include(before.words, t('site_messages.none'))
    shop.server.answer = ({ path }) => (path === '/logout' ? 404 : 204)
    await new TellSites().handle()

    const page = await admin.get(PAGE)
    assert.include(page.words, '<b>가게</b>')
    assert.include(page.words, `${t('site_messages.reasons.status')} 404`)
    const suspended = t('site_messages.kinds.member.suspended')
    assert.notInclude(page.words, suspended)
    const log = await admin.get(pageOf())
    assert.include(log.words, `${shop.server.url}/events`)
    assert.lengthOf(log.rows, 2)
    for (const [kind, status] of [
      [t('site_messages.kinds.logout'), '404'],
      [suspended, '204'],
    ]) {
      const row = log.rows.find((one) => one.startsWith(kind))
      assert.include(row, status)
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
    assert.include(given.words, t('site_messages.given_up'))
    const dropped = await admin.submit(given, `${PAGE}/${last.publicId}/drop`)
    assert.equal(dropped.location, PAGE)
    assert.isNull(await SiteMessage.find(last.id))
    /* What has arrived cannot be dropped any more. */
    await admin.submit(given, `${PAGE}/${event.publicId}/drop`)
    assert.isNotNull(await SiteMessage.find(event.id))
    assert.include((await admin.get(PAGE)).words, t('site_messages.notices.gone'))
  })

  test('a webhook secret is shown once, and the switch says what it does', async ({ assert }) => {
    const [before] = client.webhookSecrets
    const page = await admin.get(pageOf())
    assert.notInclude(page.text, 'whsec_')
    const shown = await admin.submit(page, `/admin/clients/${client.publicId}/webhook_secret`, {
      grace: '24h',
    })
    const secret = copied(shown, 'webhook-secret')
    assert.match(secret, /^whsec_[\w+/=]+$/)
    const again = await admin.get(pageOf())
    assert.notInclude(again.text, 'whsec_')
    assert.include(again.words, t('site_messages.secret_overlap'))

    await queue('member.changed')
    await new TellSites().handle()
    for (const one of [before, secret]) {
      assert.equal(readEvent(shop.server.told[0], one).type, 'member.changed')
    }

    const off = await admin.press(pageOf(), `/admin/clients/${client.publicId}/webhook/end`)
    assert.include(off.words, t('site_messages.off'))
    const on = await admin.press(pageOf(), `/admin/clients/${client.publicId}/webhook`)
    assert.notInclude(on.words, t('site_messages.off'))
    assert.include(on.words, t('site_messages.notices.on'))
  })
})
