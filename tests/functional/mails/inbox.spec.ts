import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import OutgoingMail from '#models/outgoing_mail'
import { emptyDatabase } from '#tests/support/database'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'
import { signedInAs } from '#tests/support/people/administrator'
import { smtpAnswer, MailServer } from '#tests/support/servers/smtp_server'
import { SendMails } from '#jobs/send_mails'

const url = 'http://localhost/user/password/reset/token?a=1&b=2'

const queue = () =>
  OutgoingMail.queue({
    template: 'reset_password',
    to: 'minjun@example.com',
    locale: 'ko',
    data: { url },
  })

test.group('Inbox of the sandbox', (group) => {
  group.each.setup(() => emptyDatabase())

  test('a newcomer finds the mail at once, and its link can be pressed', async ({ assert }) => {
    const visitor = new Visitor()
    assert.include((await visitor.get('/')).links, '/inbox')
    assert.include((await visitor.get('/inbox')).words, t('inbox.none'))

    await queue()
    const list = await visitor.get('/inbox')
    const site = t('common.site')
    assert.include(list.words, t('mails.reset_password.subject', { site }))
    assert.include(list.words, 'minjun@example.com')

    const address = list.links.find((link) => link.startsWith('/inbox/'))!
    const shown = await visitor.get(address)
    for (const page of [list, shown]) assert.isTrue(page.has('time[datetime]'))
    assert.include(shown.words, t('mails.reset_password.text'))
    assert.include(shown.links, url)
  })

  test('under another name of this machine there is no inbox', async ({ assert }) => {
    const elsewhere = new Visitor({ base: appUrl.replace('localhost', '127.0.0.1') })
    assert.equal((await elsewhere.get('/inbox')).status, 404)
  })

  test('a mail that does not exist has no page', async ({ assert }) => {
    assert.equal((await new Visitor().get('/inbox/nothing')).status, 404)
  })
})

test.group('Mails on the admin pages', (group) => {
  const server = new MailServer()

  group.setup(async () => {
    await server.start()
    return () => server.stop()
  })
  group.each.setup(async () => {
    server.reset()
    await emptyDatabase()
  })

  async function failOnce() {
    const mail = await queue()
    server.onRecipient = () => smtpAnswer(450)
    await new SendMails(server.mailer()).handle()
    server.reset()
    return mail
  }

  test('an administrator sees what is stuck, without address and contents', async ({ assert }) => {
    await failOnce()
    const admin = await signedInAs()
    const page = await admin.get('/admin/mails')
    for (const words of [
      t('admin_mails.templates.reset_password'),
      'm***@e*****.com',
      '450 RCPT TO',
      t('admin_mails.waiting'),
    ]) {
      assert.include(page.rows[0], words)
    }
    assert.notInclude(page.text, 'minjun@example.com')
    assert.notInclude(page.text, 'token')
  })

  test('"try again now" sends it without waiting for its time', async ({ assert }) => {
    const mail = await failOnce()
    const admin = await signedInAs()
    await admin.press('/admin/mails', `/admin/mails/${mail.publicId}/retry`)
    assert.deepEqual(await new SendMails(server.mailer()).handle(), {
      sent: 1,
      putOff: 0,
      givenUp: 0,
    })
    assert.include((await admin.get('/admin/mails')).words, t('admin_mails.none'))
  })

  test('"drop" deletes it unsent', async ({ assert }) => {
    const mail = await failOnce()
    const admin = await signedInAs()
    const page = await admin.press('/admin/mails', `/admin/mails/${mail.publicId}/drop`)
    assert.include(page.words, t('admin_mails.dropped'))
    assert.isNull(await OutgoingMail.find(mail.id))
  })

  test('a mail that was sent can be neither repeated nor dropped', async ({ assert }) => {
    const mail = await failOnce()
    await mail.markSent()
    const admin = await signedInAs()
    const page = await admin.get('/admin/mails')
    for (const action of ['retry', 'drop']) {
      const answer = await admin.submit(page, `/admin/mails/${mail.publicId}/${action}`)
      assert.include([403, 404], answer.status)
    }
    assert.isNotNull(await OutgoingMail.find(mail.id))
  })

  test('to a member the page does not exist', async ({ assert }) => {
    const member = await signedInAs('member')
    assert.equal((await member.get('/admin/mails')).status, 404)
  })
})
