import { test } from '@japa/runner'
import i18nManager from '@adonisjs/i18n/services/main'
import { SendMails } from '#jobs/send_mails'
import { letterFor } from '#mails/letter'
import OutgoingMail, { type MailData, type MailTemplate } from '#models/outgoing_mail'
import { emptyDatabase } from '#tests/support/database'
import { queuedMails } from '#tests/support/mails'
import { Markup } from '#tests/support/markup'
import { signUp } from '#tests/support/people/sign_up'
import { MailServer } from '#tests/support/servers/smtp_server'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'

const url = 'http://localhost/some/page?a=1&b=2'

/** Every mail, and in it what its reader needs. */
const MAILS: { [Template in MailTemplate]: { data: MailData[Template]; holds: string[] } } = {
  confirm_registration: { data: { url }, holds: [url] },
  address_taken: {
    data: { signInUrl: url, resetUrl: 'http://localhost/reset' },
    holds: [url, 'http://localhost/reset'],
  },
  reset_password: { data: { url }, holds: [url] },
  password_changed: { data: { resetUrl: url }, holds: [url] },
  prove_email: { data: { url }, holds: [url] },
  email_changed: { data: { newEmail: 'new@example.com' }, holds: ['new@example.com'] },
  identity_linked: { data: { provider: '카카오', accountUrl: url }, holds: ['카카오', url] },
  identity_unlinked: { data: { provider: '카카오', accountUrl: url }, holds: ['카카오', url] },
  proof_code: {
    data: { code: '048213', provider: '네이버', startedAt: '2026-03-05T06:20:00Z' },
    /* 06:20 UTC is 3:20 in the afternoon in Korea. */
    holds: ['048213', '네이버', '3:20'],
  },
  recent_sign_in_code: { data: { code: '048213' }, holds: ['048213'] },
  link_ended: {
    data: {
      provider: '카카오',
      signInUrl: 'http://localhost/user/login',
      resetUrl: 'http://localhost/user/password/forgot',
    },
    holds: ['카카오', 'http://localhost/user/password/forgot'],
  },
  withdrawal_scheduled: { data: { at: '2026-03-05T15:20:00Z', signInUrl: url }, holds: [url] },
  secret_old: { data: { provider: '카카오', days: '180', url }, holds: ['카카오', '180', url] },
  second_factor_on: { data: { accountUrl: url }, holds: [url] },
  second_factor_off: { data: { accountUrl: url }, holds: [url] },
  second_factor_guessed: { data: { accountUrl: url }, holds: [url] },
  recovery_code_used: { data: { left: 7, accountUrl: url }, holds: ['7', url] },
  withdrawn: { data: {}, holds: [] },
  trial: { data: {}, holds: [] },
  provider_hidden: {
    data: { provider: '카카오', reason: 'provider_timeout', url },
    holds: ['카카오', url],
  },
  provider_offered_again: { data: { provider: '카카오', url }, holds: ['카카오', url] },
  webhook_off: { data: { client: '가게', url }, holds: ['가게', url] },
  link_remains: { data: { provider: '카카오', driver: 'kakao' }, holds: ['카카오'] },
}

const unescaped = (html: string) =>
  html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&#39;', "'")

test.group('Letters', (group) => {
  const server = new MailServer()

  group.setup(async () => {
    await server.start()
    return () => server.stop()
  })
  group.each.setup(async () => {
    server.reset()
    await emptyDatabase()
  })

  for (const template of Object.keys(MAILS) as MailTemplate[]) {
    test('a newcomer is told of signing up, not of an account to be joined', async ({ assert }) => {
      const data = { ...MAILS.proof_code.data, isNewcomer: true }
      const letter = letterFor({ template: 'proof_code', data }, i18nManager.locale('ko'))
      const words = JSON.stringify(letter)
      assert.include(words, t('mails.proof_code.subject_new', { site: t('common.site') }))
      /* Whatever its texts are, none of them may speak of connecting accounts. */
      assert.notInclude(words, '연결')
    })

    test(`${template} says the same in HTML and plain text, in Korean and English`, async ({
      assert,
    }) => {
      const { data, holds } = MAILS[template]
      for (const locale of ['ko', 'en']) {
        await OutgoingMail.queue({ template, to: 'minjun@example.com', locale, data })
      }
      assert.equal((await new SendMails(server.mailer()).handle()).sent, 2)

      for (const mail of server.arrived) {
        const korean = mail.html.includes('<html lang="ko">')
        const subject = mail.headers.get('subject') ?? ''
        assert.match(subject, korean ? /^\[대문\] .*[가-힣]/ : /^\[Daemun\] .*[a-z]/)
        for (const content of [mail.text, unescaped(mail.html)]) {
          for (const needed of holds) assert.include(content, needed)
          assert.notInclude(content, 'translation missing')
          assert.notInclude(content, `mails.`)
          /* A name that ICU did not fill in. */
          assert.notMatch(content, /\{\w+\}/)
          assert.equal(/[가-힣]{4}/.test(content), korean)
        }
        /* Nothing that tells the sender when or where it was read. */
        assert.isFalse(new Markup(mail.html).has('img, script, link'))
        assert.notMatch(mail.html, /background(-image)?:\s*url/i)
      }
      assert.lengthOf(new Set(server.arrived.map((mail) => mail.headers.get('subject'))), 2)
    })
  }

  test('administrators are told what kind of mail did not arrive', ({ assert }) => {
    for (const locale of ['ko', 'en']) {
      const words = i18nManager.locale(locale)
      for (const template of Object.keys(MAILS)) {
        assert.isTrue(words.hasMessage(`admin_mails.templates.${template}`), template)
      }
    }
  })

  test('how to end a link by hand is told in the words of each provider', ({ assert }) => {
    for (const [driver, words] of [
      ['kakao', 'kakao'],
      ['naver', 'naver'],
      ['gate', 'other'],
    ]) {
      const data = { provider: '문지기', driver }
      const letter = letterFor({ template: 'link_remains', data }, i18nManager.locale('ko'))
      const told = t(`mails.link_remains.by_hand.${words}`, { provider: '문지기' })
      assert.include(letter.paragraphs, told)
    }
  })

  test('an ended link leads to a password only where an address is proved', ({ assert }) => {
    const signInUrl = 'http://localhost/user/login'
    for (const locale of ['ko', 'en']) {
      const data = { provider: '카카오', signInUrl, resetUrl: null }
      const letter = letterFor({ template: 'link_ended', data }, i18nManager.locale(locale))
      assert.equal(letter.link!.url, signInUrl)
      assert.notMatch(letter.paragraphs.join(), /비밀번호|password/)
    }
  })

  test('a withdrawal that follows from an ended link does not say that one asked for it', ({
    assert,
  }) => {
    const data = { at: '2026-03-05T15:20:00Z', signInUrl: 'http://localhost/user/login' }
    for (const [locale, asked, ended] of [
      /* The wording itself: what a letter claims of its reader. */
      // eslint-disable-next-line tests/copied-text
      ['ko', '요청하신 대로', '카카오에서 대문 연결이 끊어져'],
      ['en', 'As requested', 'Your 카카오 connection with Daemun has ended'],
    ]) {
      const textOf = (more: { provider?: string }) =>
        letterFor(
          { template: 'withdrawal_scheduled', data: { ...data, ...more } },
          i18nManager.locale(locale)
        ).paragraphs.join()
      assert.include(textOf({}), asked)
      assert.notInclude(textOf({ provider: '카카오' }), asked)
      assert.include(textOf({ provider: '카카오' }), ended)
    }
  })

  test('the mail with a code for linking has no link that does anything', async ({ assert }) => {
    const { data } = MAILS.proof_code
    for (const locale of ['ko', 'en']) {
      const letter = letterFor({ template: 'proof_code', data }, i18nManager.locale(locale))
      assert.isUndefined(letter.link)
      assert.notInclude(JSON.stringify(letter), 'http')
    }
  })

  for (const name of ['지금 전화 주세요 010 1234 5678', '카톡 evil2026', '김민준']) {
    test(`a sign-up under the name "${name}" mails a stranger none of it`, async ({ assert }) => {
      await signUp(new Visitor(), 'stranger@example.com', { name })
      await signUp(new Visitor(), 'stranger@example.com', { name })
      const page = await new Visitor().get('/user/resend_verify_email')
      await new Visitor().submit(page, '/user/resend_verify_email', {
        email: 'stranger@example.com',
      })
      for (const { data } of await queuedMails()) assert.notInclude(JSON.stringify(data), name)
      await new SendMails(server.mailer()).handle()
      assert.isAbove(server.arrived.length, 0)
      for (const arrived of server.arrived) assert.notInclude(arrived.text + arrived.html, name)
    })
  }
})
