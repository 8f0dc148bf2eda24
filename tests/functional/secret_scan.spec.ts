import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from '@japa/runner'
import logger from '@adonisjs/core/services/logger'
import db from '@adonisjs/lucid/services/db'
import { cookieName } from '#auth/cookies'
import { JOB } from '#audit/actor'
import { randomToken } from '#crypto/random_token'
import { SendMails } from '#jobs/send_mails'
import Article from '#models/article'
import AuditEntry from '#models/audit_entry'
import { now, sqlTime } from '#time/clock'
import OutgoingMail from '#models/outgoing_mail'
import SignInAttempt from '#models/sign_in_attempt'
import { safeNext } from '#auth/next'
import { ace } from '#tests/support/ace'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { linkTo, MEMBER, signedInMember } from '#tests/support/people/member'
import { aProvider } from '#tests/support/providers'
import { SecretScan } from '#tests/support/secret_scan/secret_scan'
import { giveAway, lookForSecrets, scans, watchedServer } from '#tests/support/secret_scan/sinks'
import { signUp } from '#tests/support/people/sign_up'
import { MailServer } from '#tests/support/servers/smtp_server'
import { onThisDatabase, runAce } from '#tests/support/servers/spawned_process'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** Another secret for each test, of no kind that may stand anywhere. */
const planted = randomToken()

/** What a scan that knows nothing but `planted`, and what happens meanwhile, finds. */
async function found(happens: (scan: SecretScan) => Promise<unknown>): Promise<string[]> {
  const scan = new SecretScan()
  scan.register('planted', planted)
  const before = [...scans]
  scans.clear()
  scans.add(scan)
  try {
    await happens(scan)
    await lookForSecrets()
    await emptyDatabase()
  } finally {
    scans.clear()
    for (const one of before) scans.add(one)
  }
  return scan.findings.map(({ kind, place }) => `${kind}: ${place}`)
}

const record = (changes: AuditEntry['changes']) =>
  db.transaction((trx) =>
    AuditEntry.record(
      { actor: JOB, action: 'provider.changed', subject: { type: 'site' }, changes },
      trx
    )
  )

test.group('The secret scan sees a secret', (group) => {
  const world = withProviders(group)

  test('on a page, and in the row behind it', async ({ assert }) => {
    const findings = await found(async () => {
      await Article.create({ title: planted, body: 'x' })
      await new Visitor().get('/article')
    })
    assert.sameMembers(findings, [
      'planted: response body of GET /article',
      'planted: database of articles.title',
    ])
  })

  test('in a header, and in the name of a redirect', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const findings = await found(() => visitor.get(`/user/create?next=/${planted}`))
    assert.deepEqual(findings.slice(0, 1), [
      'planted: response header "location" of GET /user/create',
    ])
  })

  test('in a cookie, unless it is the one it belongs in', async ({ assert, cleanup }) => {
    const token = randomToken()
    const cookies = { fit: `${cookieName('session')}=${token}`, unfit: `theme=${token}` }
    const server = watchedServer((request, response) => {
      const cookie = request.url === '/unfit' ? cookies.unfit : cookies.fit
      response.writeHead(200, { 'set-cookie': [`${cookie}; Path=/`] })
      response.write(request.url === '/body' ? token.slice(0, 20) : '')
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanup(() => {
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const findings = await found(async () => {
      for (const path of ['/fit', '/unfit', '/body']) {
        await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
      }
    })
    assert.deepEqual(findings, [
      'session token: response header "set-cookie: theme" of GET /unfit',
      'session token: response body of GET /body',
    ])
  })

  test('in a file that is streamed, such as an export', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const page = await admin.get('/admin/audit')
    const findings = await found(async () => {
      await record({ label: { before: null, after: planted } })
      await admin.submit(page, '/admin/audit/export')
    })
    assert.includeMembers(findings, [
      'planted: response body of POST /admin/audit/export',
      'planted: database of audit_entries.changes',
    ])
  })

  test('in a line of the log, at whatever level', async ({ assert }) => {
    for (const level of ['trace', 'warn'] as const) {
      const findings = await found(async () => logger[level]({ deep: { down: planted } }, 'x'))
      assert.deepEqual(findings, ['planted: log of the application'])
    }
  })

  test('but not what the log takes out by its name', async ({ assert }) => {
    const names = [
      ...['password', 'clientSecret', 'client_secret', 'code', 'recoveryCode'],
      ...['access_token', 'refresh_token', 'token'],
    ]
    const findings = await found(async () => {
      for (const name of names) logger.info({ form: { [name]: planted } }, 'x')
      for (const name of ['cookie', 'authorization']) {
        logger.info({ headers: { [name]: planted } }, 'x')
      }
    })
    assert.isEmpty(findings)
  })

  test('in the session of a visitor', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await provider.merge({ label: planted }).save()
    const { user, visitor } = await signedInMember()
    const identity = await linkTo(user, provider)
    const page = await visitor.get('/account/sign_in_methods')
    const path = `/account/sign_in_methods/${identity.publicId}/disconnect`
    const findings = await found(() => visitor.submit(page, path))
    assert.include(findings, `planted: session of POST ${path}`)
  })

  test('in any table', async ({ assert }) => {
    const findings = await found(async () => {
      const at = sqlTime(now())
      await db.table('sessions').insert({ id: 'x', data: `{"a":"${planted}"}`, expires_at: at })
      await record({ note: { before: planted, after: null } })
      await SignInAttempt.create({
        intent: 'sign_in',
        startedAt: now(),
        expiresAt: now(),
        steps: [],
        next: safeNext(`/?code=${planted}`),
      })
      const mail = await OutgoingMail.queue({
        template: 'withdrawn',
        to: MEMBER,
        locale: 'ko',
        data: {},
      })
      await OutgoingMail.query().where('id', mail.id).update({ lastError: planted })
    })
    assert.sameMembers(findings, [
      'planted: database of sessions.data',
      'planted: database of audit_entries.changes',
      'planted: database of sign_in_attempts.next',
      'planted: database of outgoing_mails.last_error',
    ])
  })

  test('in what a command prints, however it is started', async ({ assert }) => {
    const findings = await found(async () => {
      const provider = await aProvider()
      await provider.merge({ label: planted }).save()
      await ace(['provider:list', '--json'])
      await runAce(['provider:list', '--json'], onThisDatabase())
    })
    assert.includeMembers(findings, [
      'planted: command output of provider:list',
      'planted: server output of console',
    ])
  }).timeout(60_000)

  test('in a mail', async ({ assert, cleanup }) => {
    const mailServer = new MailServer()
    await mailServer.start()
    cleanup(() => mailServer.stop())
    const findings = await found(async () => {
      await OutgoingMail.queue({
        template: 'identity_linked',
        to: MEMBER,
        locale: 'ko',
        data: { provider: planted, accountUrl: 'http://localhost' },
      })
      await new SendMails(mailServer.mailer()).handle()
    })
    assert.deepEqual(findings, ['planted: mail of the mail server'])
  })

  test('and learns by itself what the application and the providers make', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const findings = await found(async () => {
      const visitor = new Visitor()
      await signInWith(world.server, visitor, 'kakao')
      const { form } = world.server.lastCallTo('/oauth/token')
      const all = {
        session: visitor.cookies.get(cookieName('session')),
        browser: visitor.cookies.get(cookieName('browser')),
        code: form.get('code'),
        verifier: form.get('code_verifier'),
        secret: form.get('client_secret'),
        access: world.server.lastCallTo('/v2/user/me').headers.authorization,
      }
      for (const [name, value] of Object.entries(all)) logger.info({ [`the ${name}`]: value }, 'x')
    })
    const kinds = findings.map((one) => one.split(':')[0])
    assert.sameMembers(kinds, [
      'session token',
      'browser secret',
      'authorization code',
      'PKCE verifier',
      'provider_credentials.client_secret',
      'access token',
    ])
  })

  test('typed in a form, or mailed as a link or as six digits', async ({ assert }) => {
    const findings = await found(async () => {
      const password = 'quiet herons seven at dawn'
      await signUp(new Visitor(), MEMBER, { password })
      const mail = await OutgoingMail.query().whereNotNull('data').firstOrFail()
      const { url } = mail.revealData() as { url: string }
      await OutgoingMail.queue({
        template: 'recent_sign_in_code',
        to: MEMBER,
        locale: 'ko',
        data: { code: '904217' },
      })
      logger.info(`typed ${password}, went to ${url}`)
      giveAway({ sink: 'session', where: 'a visitor' }, '{"code":"904217","other":1904217}')
    })
    assert.sameMembers(findings, [
      'typed password: log of the application',
      'mailed link: log of the application',
      'mailed code: session of a visitor',
    ])
  })
})

test.group('The secret scan says', (group) => {
  group.each.setup(emptyDatabase)

  test('what it found and where, never the secret itself, and fails the run', ({ assert }) => {
    const scan = new SecretScan()
    scan.test = 'somebody signs in'
    scan.register('client secret', planted)
    scan.assertClean()
    for (const path of ['GET /a', 'GET /a', `GET /reset/${planted}`]) {
      scan.read({ sink: 'response body', where: path }, `x${planted}x`)
    }
    scan.look()
    assert.throws(
      () => scan.assertClean(),
      /client secret in the response body of GET \/a, .*somebody signs in/
    )
    assert.lengthOf(scan.findings, 2)
    assert.notInclude(JSON.stringify(scan.findings), planted)
    assert.match(scan.summary, /1 secrets, 3 texts .*2 found/)
  })

  test('nothing of what has its place: a code in the inbox, a link in a mail', ({ assert }) => {
    const scan = new SecretScan()
    scan.register('mailed link', planted)
    scan.register('mailed code', '904217')
    scan.read({ sink: 'mail', where: 'the mail server' }, `http://x/${planted} 904217`)
    scan.read({ sink: 'database', where: 'sandbox_mails.text' }, `http://x/${planted} 904217`)
    scan.read({ sink: 'response body', where: `GET /user/password/reset/${planted}` }, planted)
    scan.read({ sink: 'response body', where: 'GET /article' }, '904218')
    scan.look()
    scan.assertClean()

    scan.register('mailed code', '904217')
    scan.read({ sink: 'response body', where: 'GET /account/reauthenticate' }, '>904217<')
    scan.look()
    assert.deepEqual(
      scan.findings.map(({ kind }) => kind),
      ['mailed code']
    )
  })
})
