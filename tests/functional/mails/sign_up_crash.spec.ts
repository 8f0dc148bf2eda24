import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { builtServer, Installation } from '#tests/support/servers/built_server'
import { press, signUp } from '#tests/support/people/sign_up'
import { MailServer } from '#tests/support/servers/smtp_server'
import { Visitor } from '#tests/support/visitor'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const EMAIL = 'minjun@example.com'

/** Waits until something holds, for at most 20 seconds. */
async function until(holds: () => boolean) {
  for (let waited = 0; waited < 20_000 && !holds(); waited += 50) await wait(50)
  if (!holds()) throw new Error('It did not come to that')
}

/** What happens in minutes happens now: a pause between tries and a lease are over. */
function letTimePass(site: Installation) {
  const database = new DatabaseSync(site.env.DB_FILE)
  database.exec(
    "update outgoing_mails set next_at = '2026-01-01 00:00:00', lease_until = null where sent_at is null"
  )
  database.close()
}

/* Of the built server, its own database and a mail server that is dead at first. */
test.group('A sign-up whose mail cannot be sent when the server is killed', (group) => {
  group.tap((one) => one.timeout(60_000).skip(!builtServer, 'needs the build of `npm test`'))
  if (isRunElsewhere('sqlite')) group.tap((one) => one.skip(true, ELSEWHERE))

  async function begin(cleanup: (done: () => Promise<void>) => void) {
    const mailServer = new MailServer()
    await mailServer.start()
    await mailServer.stop()
    const site = await Installation.make({
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mailServer.port),
    })
    cleanup(async () => {
      await site.remove()
      await mailServer.stop()
    })
    await site.ace(['migration:run', '--force'])
    await site.serve()
    return { mailServer, site, visitor: new Visitor({ base: site.url }) }
  }

  for (const [when, moment] of [
    ['right after the answer', async () => {}],
    [
      'after a try that failed',
      (site: Installation) => until(() => site.output.includes('put off')),
    ],
  ] as const) {
    test(`killed ${when}: the mail arrives once, and its link works`, async ({
      assert,
      cleanup,
    }) => {
      const { mailServer, site, visitor } = await begin(cleanup)
      assert.equal((await signUp(visitor, EMAIL)).status, 303)
      await moment(site)
      await site.kill()

      await mailServer.start()
      letTimePass(site)
      await site.serve()
      await until(() => mailServer.arrived.length > 0)

      /* Longer than two rounds of the job, and once more from the start. */
      await wait(5_000)
      await site.kill()
      letTimePass(site)
      await site.serve()
      await wait(3_000)
      assert.lengthOf(mailServer.arrived, 1)

      const [mail] = mailServer.arrived
      assert.deepEqual(mail.to, [EMAIL])
      const [link] = /https?:\/\/\S+\/verify\/\S+/.exec(mail.text)!
      assert.equal(new URL(link).origin, site.url)
      const done = await press(visitor, new URL(link).pathname)
      assert.equal(done.status, 303)
      assert.isTrue(await visitor.isSignedIn())
    })
  }
})
