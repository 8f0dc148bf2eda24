import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { CheckData } from '#actions/data/check_data'
import OutgoingMail from '#models/outgoing_mail'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import { people } from '#sandbox/people'
import { MailServer } from '#tests/support/servers/smtp_server'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import {
  makeProvider,
  PATHS,
  providersAt,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** What docs/operations.md promises, in milliseconds. */
const AT_THE_LATEST = 10_000

/** Waits until something holds, for at most 15 seconds. */
async function until(holds: () => boolean | Promise<boolean>) {
  for (let waited = 0; waited < 15_000; waited += 20) {
    if (await holds()) return
    await wait(20)
  }
  throw new Error('It did not come to that')
}

/** A connection on which `sent` is all that ever comes. */
async function connection(url: string, sent = '') {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let received = ''
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {}).on('data', (chunk) => (received += chunk))
  await once(socket, 'connect')
  socket.write(sent)
  return { socket, closed, received: () => received }
}

const refuses = (url: string) =>
  connection(url).then(
    ({ socket }) => !socket.destroy(),
    ({ code }) => code === 'ECONNREFUSED'
  )

test.group('A server that is asked to end (SIGTERM)', (group) => {
  const world = withProviders(group)
  const mailServer = new MailServer()

  group.tap((one) => one.timeout(60_000))
  group.setup(async () => {
    await mailServer.start()
    return () => mailServer.stop()
  })
  group.each.setup(() => mailServer.reset())

  async function aServer(cleanup: (end: () => Promise<void>) => void) {
    const settings = onThisDatabase({
      ...providersAt(world.server.origin),
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mailServer.port),
    })
    const server = await spawnServer(settings, { patienceMs: 50_000 })
    cleanup(async () => {
      await server.kill()
    })
    return server
  }

  test('finishes the sign-ins under way, takes nobody else, and exits with 0', async ({
    assert,
    cleanup,
  }) => {
    await makeProvider(world.server, 'kakao', { requiredFields: [] })
    const server = await aServer(cleanup)
    const idle = await connection(
      server.url,
      'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'
    )
    const silent = await connection(server.url)
    await until(() => idle.received().includes('{'))

    const visitors = await Promise.all(
      people.map(async ({ slug: person }) => {
        const visitor = new Visitor({ base: server.url })
        const callback = await startAndConsent(world.server, visitor, 'kakao', { person })
        return { visitor, callback }
      })
    )
    const provider = Promise.withResolvers<void>()
    world.server.beforeAnswer = () => provider.promise
    const answers = visitors.map(({ visitor, callback }) => visitor.get(callback))
    await until(() => world.server.count(PATHS.kakao.token) === people.length)

    const exit = server.stop()
    await until(() => refuses(server.url))
    await Promise.all([idle.closed, silent.closed])
    assert.lengthOf(await UserSession.all(), 0)
    provider.resolve()

    for (const answer of await Promise.all(answers)) {
      assert.equal(answer.status, 303)
      assert.equal(answer.location, '/')
      assert.equal(answer.headers.get('connection'), 'close')
    }
    assert.equal(await exit, 0)
    assert.lengthOf(await UserSession.all(), people.length)
    assert.equal(server.printed.stderr, '')
    assert.deepEqual((await new CheckData().lookForDamage()).findings, [])
  })

  test('cuts off what does not end within ten seconds, and leaves nothing half-made', async ({
    assert,
    cleanup,
  }) => {
    await makeProvider(world.server, 'kakao', { requiredFields: [] })
    const server = await aServer(cleanup)

    const begun = { mail: false }
    mailServer.onMessage = () => {
      begun.mail = true
      return new Promise(() => {})
    }
    const mail = await OutgoingMail.queue({
      template: 'withdrawn',
      to: 'minjun@example.com',
      locale: 'ko',
      data: {},
    })
    await until(() => begun.mail)

    const endless = await connection(
      server.url,
      'POST /user/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n' +
        'Content-Type: application/x-www-form-urlencoded\r\n\r\nemail='
    )
    const visitor = new Visitor({ base: server.url })
    const callback = await startAndConsent(world.server, visitor, 'kakao')
    world.server.spoil(PATHS.kakao.token, { kind: 'delay', ms: 3_500 })
    world.server.spoil(PATHS.kakao.profile, { kind: 'hang' })
    const answer = visitor.get(callback).catch((error) => error)
    await until(() => world.server.count(PATHS.kakao.token) === 1)

    const asked = performance.now()
    assert.equal(await server.stop(), 0)
    assert.isBelow(performance.now() - asked, AT_THE_LATEST)
    assert.equal(server.printed.stderr, '')
    assert.include(server.printed.stdout, '2 requests were cut off')
    await endless.closed
    assert.equal(endless.received(), '')
    assert.instanceOf(await answer, TypeError, 'the connection was cut')
    /* Its call may just have been given up before the process was gone. */
    assert.oneOf((await SignInAttempt.firstOrFail()).outcome, [null, 'failed'])
    assert.lengthOf(await User.all(), 0)
    const left = await OutgoingMail.findOrFail(mail.id)
    assert.isNull(left.sentAt)
    assert.isNotNull(left.data)
    assert.deepEqual((await new CheckData().lookForDamage()).findings, [])
  })
})
