import { test } from '@japa/runner'
import { SendMails } from '#jobs/send_mails'
import { now, sqlTime } from '#time/clock'
import OutgoingMail from '#models/outgoing_mail'
import { emptyDatabase } from '#tests/support/database'
import { MailServer, smtpAnswer } from '#tests/support/servers/smtp_server'
import { onThisDatabase, spawnServer, type Settings } from '#tests/support/servers/spawned_process'

const SECRET = 'a-secret-that-only-the-mail-may-say'

const queue = (to: string) =>
  OutgoingMail.queue({
    template: 'reset_password',
    to,
    locale: 'ko',
    data: { url: `http://localhost/${SECRET}` },
  })

/** Waits until something holds, for at most 40 seconds: a job comes round in five, on an idle machine. */
async function until(holds: () => boolean | Promise<boolean>) {
  for (let waited = 0; waited < 40_000; waited += 50) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('It did not come to that')
}

/** How long a server of a test may live, in milliseconds. */
const LIFETIME = 110_000

test.group('Mails and processes that are killed', (group) => {
  const mailServer = new MailServer()
  let settings: Settings

  group.tap((one) => one.timeout(120_000))
  group.setup(async () => {
    await mailServer.start()
    /* Real servers on the database of the tests, with a mail server to talk to. */
    settings = onThisDatabase({
      LOG_LEVEL: 'trace',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mailServer.port),
    })
    return () => mailServer.stop()
  })
  group.each.setup(async () => {
    mailServer.reset()
    await emptyDatabase()
  })

  const isSent = async (mail: OutgoingMail) =>
    (await OutgoingMail.findOrFail(mail.id)).sentAt !== null

  test('killed before it could send: another process sends, once', async ({ assert }) => {
    mailServer.onRecipient = () => smtpAnswer(450)
    const first = await spawnServer(settings, { patienceMs: LIFETIME })
    const mail = await queue('minjun@example.com')
    await until(async () => (await OutgoingMail.findOrFail(mail.id)).tries === 1)
    await first.kill()

    mailServer.reset()
    await OutgoingMail.query()
      .where('id', mail.id)
      .update({ nextAt: sqlTime(now()) })
    const second = await spawnServer(settings, { patienceMs: LIFETIME })
    await until(() => isSent(mail))
    assert.equal(await second.stop(), 0)

    assert.lengthOf(mailServer.arrived, 1)
    for (const { printed } of [first, second]) {
      for (const hidden of [SECRET, 'minjun']) {
        assert.notInclude(printed.stdout + printed.stderr, hidden)
      }
    }
  })

  test('killed in the middle of sending: sent when the lease is over, as the same mail', async ({
    assert,
  }) => {
    const first = await spawnServer(settings, { patienceMs: LIFETIME })
    const seen: string[] = []
    let killed: Promise<unknown> | undefined
    mailServer.onMessage = async (arrived) => {
      seen.push(arrived.headers.get('message-id') ?? '')
      /* Everything is with the mail server, and its 250 comes too late. */
      if (seen.length === 1) await (killed = first.kill())
      return null
    }
    const mail = await queue('minjun@example.com')
    await until(() => killed !== undefined)
    await killed

    const left = await OutgoingMail.findOrFail(mail.id)
    assert.isNull(left.sentAt)
    assert.isNotNull(left.data)
    assert.deepEqual(await new SendMails(mailServer.mailer()).handle(), {
      sent: 0,
      putOff: 0,
      givenUp: 0,
    })

    /* Half a minute later. */
    await OutgoingMail.query()
      .where('id', mail.id)
      .update({ leaseUntil: sqlTime(now().minus({ seconds: 1 })) })
    const second = await spawnServer(settings, { patienceMs: LIFETIME })
    await until(() => isSent(mail))
    await second.stop()
    assert.deepEqual(seen, [mail.messageId, mail.messageId])
  })

  test('two servers share the work, and each mail arrives once', async ({ assert }) => {
    const servers = await Promise.all([
      spawnServer(settings, { patienceMs: LIFETIME }),
      spawnServer(settings, { patienceMs: LIFETIME }),
    ])
    const mails = []
    for (let index = 0; index < 40; index++) mails.push(await queue(`person${index}@example.com`))
    await until(async () => (await OutgoingMail.query().whereNull('sentAt')).length === 0)
    for (const one of servers) assert.equal(await one.stop(), 0)

    const arrived = mailServer.arrived.map(({ headers }) => headers.get('message-id'))
    assert.sameMembers(
      arrived,
      mails.map(({ messageId }) => messageId)
    )
  })

  test('a server that is asked to end finishes the mail under way', async ({ assert }) => {
    const server = await spawnServer(settings, { patienceMs: LIFETIME })
    let ended: Promise<number | null> | undefined
    mailServer.onMessage = async () => {
      ended = server.stop()
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      return null
    }
    const mail = await queue('minjun@example.com')
    await until(() => ended !== undefined)
    assert.equal(await ended, 0)
    assert.isTrue(await isSent(mail))
    assert.lengthOf(mailServer.arrived, 1)
  })

  test('without a mail server the start says so in one line, and there is no inbox', async ({
    assert,
  }) => {
    const server = await spawnServer({ ...settings, SMTP_HOST: '' })
    const inbox = await fetch(`${server.url}/inbox`)
    assert.equal(inbox.status, 404)
    await server.stop()
    assert.lengthOf(server.printed.stdout.match(/SMTP_HOST is not set/g) ?? [], 1)
  })

  test('a bad mail setting is said in one line', async ({ assert }) => {
    for (const [name, value] of [
      ['SMTP_HOST', 'smtp://mail.example.com'],
      ['SMTP_PORT', '0'],
      ['MAIL_FROM_ADDRESS', 'nobody'],
    ]) {
      const server = await spawnServer({ ...settings, [name]: value })
      assert.isFalse(server.live)
      assert.match(server.printed.stderr, new RegExp(`^Bad environment: ${name} [^\\n]+\\n$`))
    }
  })
})
