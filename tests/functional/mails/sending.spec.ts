import { test } from '@japa/runner'
import { sqlTime, now } from '#time/clock'
import { SendMails } from '#jobs/send_mails'
import OutgoingMail from '#models/outgoing_mail'
import { emptyDatabase } from '#tests/support/database'
import { MailServer, smtpAnswer } from '#tests/support/servers/smtp_server'
import { t } from '#tests/support/texts'

const URL_IN_MAIL = 'http://localhost/user/x/verify/secret-token-of-a-test'

const queue = (to = 'minjun@example.com') =>
  OutgoingMail.queue({
    template: 'reset_password',
    to,
    locale: 'ko',
    data: { url: URL_IN_MAIL },
  })

/** Lets time pass for a mail, as far as sending is concerned. */
const makeDue = (mail: OutgoingMail) =>
  OutgoingMail.query()
    .where('id', mail.id)
    .update({ nextAt: sqlTime(now()), leaseUntil: null })

/** How long until the next try, in minutes. */
const pauseOf = (mail: OutgoingMail) => Math.round(mail.nextAt.diff(now(), 'minutes').minutes)

test.group('Sending mails', (group) => {
  const server = new MailServer()
  const send = () => new SendMails(server.mailer()).handle()

  group.setup(async () => {
    await server.start()
    return () => server.stop()
  })
  group.each.setup(async () => {
    server.reset()
    await server.start().catch(() => {})
    await emptyDatabase()
  })

  test('a queued mail arrives, and what it said is forgotten', async ({ assert }) => {
    const mail = await queue()
    assert.deepEqual(await send(), { sent: 1, putOff: 0, givenUp: 0 })

    assert.lengthOf(server.arrived, 1)
    const [arrived] = server.arrived
    assert.deepEqual(arrived.to, ['minjun@example.com'])
    assert.equal(arrived.headers.get('message-id'), mail.messageId)
    assert.equal(arrived.headers.get('auto-submitted'), 'auto-generated')
    assert.equal(arrived.headers.get('from'), `${t('common.site')} <no-reply@localhost>`)
    assert.include(arrived.text, URL_IN_MAIL)
    assert.include(arrived.html, `href="${URL_IN_MAIL}"`)

    await mail.refresh()
    assert.isNotNull(mail.sentAt)
    assert.isNull(mail.data)
    assert.isNull(mail.recipient)

    assert.deepEqual(await send(), { sent: 0, putOff: 0, givenUp: 0 })
    assert.lengthOf(server.arrived, 1)
  })

  test('while the server is dead a mail waits, for longer each time, and then arrives', async ({
    assert,
  }) => {
    const mail = await queue()
    await server.stop()

    const pauses = []
    for (let tries = 1; tries <= 4; tries++) {
      assert.deepEqual(await send(), { sent: 0, putOff: 1, givenUp: 0 })
      /* Not yet: its time has not come. */
      assert.deepEqual(await send(), { sent: 0, putOff: 0, givenUp: 0 })
      await mail.refresh()
      assert.equal(mail.tries, tries)
      assert.equal(mail.lastError, 'ECONNREFUSED')
      pauses.push(pauseOf(mail))
      await makeDue(mail)
    }
    assert.deepEqual(pauses, [1, 5, 15, 60])

    await server.start()
    assert.deepEqual(await send(), { sent: 1, putOff: 0, givenUp: 0 })
    assert.equal(server.arrived[0].headers.get('message-id'), mail.messageId)
    await mail.refresh()
    assert.isNull(mail.lastError)
  })

  test('a mail that no server takes for days is given up, and kept for administrators', async ({
    assert,
  }) => {
    const mail = await queue()
    server.onMessage = () => smtpAnswer(451)
    for (let tries = 1; tries <= 8; tries++) {
      assert.deepEqual(await send(), { sent: 0, putOff: 1, givenUp: 0 })
      await makeDue(mail)
    }
    assert.deepEqual(await send(), { sent: 0, putOff: 0, givenUp: 1 })
    await mail.refresh()
    assert.equal(mail.lastError, '451 DATA')
    assert.isNotNull(mail.givenUpAt)
    assert.isNotNull(mail.data)
    assert.deepEqual(await send(), { sent: 0, putOff: 0, givenUp: 0 })

    server.reset()
    await mail.tryAgainNow()
    assert.deepEqual(await send(), { sent: 1, putOff: 0, givenUp: 0 })
  })

  test('an address that is refused for good is given up sooner', async ({ assert }) => {
    const mail = await queue()
    server.onRecipient = () => smtpAnswer(550)
    for (const expected of ['putOff', 'putOff', 'givenUp'] as const) {
      const outcome = await send()
      assert.equal(outcome[expected], 1)
      await makeDue(mail)
    }
    await mail.refresh()
    /* The code and the command: not what the server wrote, which names the address. */
    assert.equal(mail.lastError, '550 RCPT TO')
  })

  test('one bad address does not hold up the others', async ({ assert }) => {
    for (const name of ['a', 'b', 'bad', 'c', 'd', 'e', 'f']) await queue(`${name}@example.com`)
    server.onRecipient = (address) => (address.startsWith('bad') ? smtpAnswer(450) : null)
    assert.deepEqual(await send(), { sent: 6, putOff: 1, givenUp: 0 })
  })

  test('two processes at once send each mail once', async ({ assert }) => {
    for (let index = 0; index < 30; index++) await queue(`person${index}@example.com`)
    const outcomes = await Promise.all([send(), send(), send()])
    assert.equal(
      outcomes.reduce((sum, outcome) => sum + outcome.sent, 0),
      30
    )
    assert.lengthOf(server.arrived, 30)
    assert.equal(new Set(server.arrived.map((mail) => mail.to[0])).size, 30)
  })

  test('a mail whose sender died is sent by another when the lease runs out, as the same mail', async ({
    assert,
  }) => {
    const mail = await queue()
    assert.isTrue(await mail.lease())
    assert.deepEqual(await send(), { sent: 0, putOff: 0, givenUp: 0 })

    await OutgoingMail.query()
      .where('id', mail.id)
      .update({ leaseUntil: sqlTime(now().minus({ seconds: 1 })) })
    assert.deepEqual(await send(), { sent: 1, putOff: 0, givenUp: 0 })
    assert.equal(server.arrived[0].headers.get('message-id'), mail.messageId)
  })

  test('a sender that lost its lease does not put off what another is sending', async ({
    assert,
  }) => {
    const mail = await queue()
    const slow = await OutgoingMail.findOrFail(mail.id)
    await slow.lease()
    await OutgoingMail.query()
      .where('id', mail.id)
      .update({ leaseUntil: sqlTime(now().plus({ minutes: 1 })) })

    await slow.markFailed({ reason: 'ETIMEDOUT', permanent: false })
    assert.isFalse(await slow.renewLease())
    await mail.refresh()
    assert.equal(mail.tries, 0)
    assert.isNotNull(mail.leaseUntil)
  })

  test('a change that is rolled back sends no mail', async ({ assert }) => {
    const trx = await OutgoingMail.transaction()
    await OutgoingMail.queue(
      { template: 'withdrawn', to: 'minjun@example.com', locale: 'ko', data: {} },
      trx
    )
    await trx.rollback()
    assert.deepEqual(await send(), { sent: 0, putOff: 0, givenUp: 0 })
  })

  test('without a mail server mails wait', async ({ assert }) => {
    const mail = await queue()
    assert.deepEqual(await new SendMails(null).handle(), { sent: 0, putOff: 0, givenUp: 0 })
    await mail.refresh()
    assert.equal(mail.tries, 0)
    assert.isNotNull(mail.data)
  })
})
