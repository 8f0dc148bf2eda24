import { test } from '@japa/runner'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'
import { smtpAnswer, MailServer } from '#tests/support/servers/smtp_server'
import { freePort, onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/admin/mails'
const TRIAL = '/admin/mails/trial'
const SUBJECT = t('mails.trial.subject', { site: t('common.site') })

type Site = Awaited<ReturnType<typeof spawnServer>>

test.group('A test mail', (group) => {
  const server = new MailServer()
  let site: Site

  group.each.timeout(60_000)
  group.setup(async () => {
    await server.start()
    const mail = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.port) }
    site = await spawnServer(onThisDatabase(mail), { patienceMs: 120_000 })
    return async () => {
      await site.stop()
      await server.stop()
    }
  })
  group.each.setup(async () => {
    server.reset()
    await emptyDatabase()
  })

  test('reaches the administrator who asks for it, at once', async ({ assert }) => {
    const admin = await signedInAs('admin', 'ko', site.url)
    const page = await admin.press(PAGE, TRIAL)
    /* What other tests left in the queue goes out as well. */
    const arrived = server.arrived.find(({ headers }) => headers.get('subject') === SUBJECT)!
    const [email] = arrived.to
    assert.match(email, /^admin-.*@example\.org$/)
    assert.include(page.words, t('admin_mails.trial.sent', { email }))
    assert.isEmpty(await OutgoingMail.query().where('template', 'trial').whereNull('sentAt'))
  })

  for (const [what, code] of [
    ['the recipient', 550],
    ['anything for now', 451],
  ] as const) {
    test(`says what a server answers that refuses ${what}, and is not tried again`, async ({
      assert,
    }) => {
      server.onRecipient = () => smtpAnswer(code)
      const admin = await signedInAs('admin', 'ko', site.url)
      const page = await admin.press(PAGE, TRIAL)
      const reason = `${code} RCPT TO`
      assert.include(page.alerts, t('admin_mails.trial.failed', { reason }))
      assert.notInclude(page.words, 'person@example.com')
      assert.isEmpty(await OutgoingMail.query().where('template', 'trial'))
    })
  }

  test('says that nobody answers', async ({ assert, cleanup }) => {
    const mail = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(await freePort()) }
    const alone = await spawnServer(onThisDatabase(mail))
    cleanup(async () => void (await alone.stop()))
    const admin = await signedInAs('admin', 'ko', alone.url)
    const page = await admin.press(PAGE, TRIAL)
    assert.include(page.alerts.join(), 'ECONNREFUSED')
  })

  test('needs an address that is proved', async ({ assert }) => {
    const admin = await signedInAs('admin', 'ko', site.url)
    await User.query().update({ email: null, password: null })
    const page = await admin.press(PAGE, TRIAL)
    assert.include(page.alerts, t('admin_mails.trial.no_address'))
    const subjects = server.arrived.map(({ headers }) => headers.get('subject'))
    assert.notInclude(subjects, SUBJECT)
  })
})

test.group('Without a mail server', (group) => {
  let site: Site

  group.each.timeout(60_000)
  group.setup(async () => {
    site = await spawnServer(onThisDatabase({ SANDBOX: 'false' }), { patienceMs: 120_000 })
    return async () => void (await site.stop())
  })
  group.each.setup(() => emptyDatabase())

  test('no test mail is offered, and asking for one says why', async ({ assert }) => {
    const admin = await signedInAs('admin', 'ko', site.url)
    const page = await admin.get(PAGE)
    assert.notInclude(page.actions, TRIAL)
    const answer = await admin.submit(page, TRIAL)
    const { alerts } = await admin.get(answer.location)
    assert.include(alerts, t('admin_mails.trial.no_server'))
  })

  test('no page says that a mail was sent', async ({ assert }) => {
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const member = new Visitor({ base: site.url })
    await member.signIn(MEMBER, MEMBER_PASSWORD)

    const email = 'other@example.com'
    for (const [page, action, fields, sent] of [
      ['/account/email', '/account/email', { email }, 'account.email.asked'],
      [
        '/account/reauthenticate',
        '/account/reauthenticate/code/send',
        {},
        'account.reauthenticate.code.sent',
      ],
    ] as const) {
      const answer = await member.submit(await member.get(page), action, fields)
      const { words } = await member.get(answer.location)
      assert.include(words, t('common.mail_waits'), action)
      assert.notInclude(words, t(sent, { email }), action)
    }
    assert.lengthOf(await OutgoingMail.query().whereNull('sentAt'), 2)
  })
})
