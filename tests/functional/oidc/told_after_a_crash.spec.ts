import { isDeepStrictEqual } from 'node:util'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { CheckData } from '#actions/data/check_data'
import { appUrl } from '#config/app'
import { TellSites } from '#jobs/tell_sites'
import SiteMessage from '#models/oidc/site_message'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { signedInAs } from '#tests/support/people/administrator'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { aToldSite, readEvent } from '#tests/support/sites/told_sites'
import { Visitor } from '#tests/support/visitor'

/** Waits until something holds, for at most 20 seconds. */
async function until(holds: () => boolean | Promise<boolean>) {
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('It did not come to that')
}

/** Without those that are alike. */
function distinct<Value>(values: Value[]): Value[] {
  return values.filter(
    (value, at) => values.findIndex((other) => isDeepStrictEqual(other, value)) === at
  )
}

/* Real processes on the database of the tests, which tell real sites. */
test.group('What sites are told by processes that are killed', (group) => {
  group.each.timeout(90_000)
  group.each.setup(() => emptyDatabase())

  test('of a sign-out, a suspension and a withdrawal reaches both sites, of which one was down: nothing is lost, and a repetition is known as one', async ({
    assert,
    cleanup,
  }) => {
    const [shop, blog] = [await aToldSite('shop'), await aToldSite('blog', { pairwise: true })]
    cleanup(async () => {
      await Promise.all([shop.server.stop(), blog.server.stop()])
    })
    const [leaving, suspended, gone] = [
      await signedInMember({ email: 'leaving@example.com' }),
      await signedInMember({ email: 'suspended@example.com' }),
      await signedInMember(),
    ]
    const visits = []
    for (const site of [shop, blog]) {
      const claims = []
      for (const { visitor } of [leaving, suspended, gone]) {
        claims.push((await site.visit(visitor)).claims()!)
      }
      visits.push([site, claims] as const)
    }
    /* Whichever process speaks, it speaks as one issuer. */
    const settings = onThisDatabase({ APP_URL: appUrl })
    const { port } = blog.server
    await blog.server.stop()

    const home = await leaving.visitor.get('/')
    await leaving.visitor.submit(home, '/user/logout')
    const admin = await signedInAs('admin')
    const member = `/admin/users/${suspended.user.publicId}`
    await admin.press(member, `${member}/suspension`)

    /* The process that the last one leaves by dies while the shop reads what it was sent. */
    const first = await spawnServer(settings)
    let killed: Promise<unknown> | undefined
    shop.server.answer = async ({ body }) => {
      if (body.includes('member.withdrawn')) await (killed ??= first.kill())
      return 204
    }
    const there = new Visitor({ base: first.url })
    await there.signIn(MEMBER, MEMBER_PASSWORD)
    const page = await there.get('/account/withdrawal')
    const left = await there.submit(page, '/account/withdrawal', { understood: 'true' })
    assert.equal(left.status, 303)
    await until(() => killed !== undefined)
    await killed
    assert.isNull(await db.from('users').where('id', gone.user.id).first())
    assert.deepEqual((await new CheckData().lookForDamage()).findings, [])

    /* Two others take over what was under way and go on with the rest, once it is time. */
    await blog.server.listen(port)
    while ((await SiteMessage.query().whereNull('sentAt')).length > 0) {
      await SiteMessage.query()
        .whereNull('sentAt')
        .update({ nextAt: sqlTime(now()), leaseUntil: null })
      await Promise.all([new TellSites().handle(), new TellSites().handle()])
    }

    for (const [site, [out, locked, away]] of visits) {
      const signOuts = await site.signOuts()
      assert.sameDeepMembers(distinct(signOuts.map(({ sub, sid }) => ({ sub, sid }))), [
        { sub: out.sub, sid: out.sid },
        ...[locked, away].flatMap(({ sub, sid }) => [
          { sub, sid },
          { sub, sid: undefined },
        ]),
      ])
      const [secret] = (await site.row()).webhookSecrets
      const events = site.server.told
        .filter(({ path }) => path === '/events')
        .map((told) => readEvent(told, secret))
      assert.sameDeepMembers(distinct(events.map(({ type, data }) => ({ type, data }))), [
        { type: 'member.suspended', data: { sub: locked.sub } },
        { type: 'member.withdrawn', data: { sub: away.sub } },
      ])
      /* However often they came, they are two events. */
      assert.lengthOf(new Set(events.map(({ id }) => id)), 2)
      assert.lengthOf(events, site === shop ? 3 : 2)
    }
    assert.deepEqual(await new TellSites().handle(), { sent: 0, putOff: 0, givenUp: 0 })
    assert.notInclude(first.printed.stdout + first.printed.stderr, 'whsec_')
  })
})
