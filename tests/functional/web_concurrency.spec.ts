import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { emptyDatabase } from '#tests/support/database'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { Visitor } from '#tests/support/visitor'

const TOKEN = 'a-token-for-the-figures'
const NOBODY = 'password",intent="sign_in",outcome="refused",failure="credentials"} '

type Server = Awaited<ReturnType<typeof spawnServer>>

/** The processes that have logged something, by their ids. */
function processesOf({ printed }: Server): number[] {
  return [...new Set([...printed.stdout.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)))]
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits until something holds, for at most 20 seconds. */
async function until(holds: () => boolean | Promise<boolean>) {
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (await holds()) return
    await wait(50)
  }
  throw new Error('It did not come to that')
}

/** Wrong passwords, each on a connection of its own; every process writes log lines. */
async function guess(server: Server, times: number) {
  const ownConnection = { connection: 'close' }
  for (let time = 0; time < times; time++) {
    const visitor = new Visitor({ base: server.url })
    const page = await visitor.get('/user/login', ownConnection)
    const body = new URLSearchParams({ _csrf: page.csrf, email: 'no@example.com', password: 'no' })
    await visitor.request('/user/login', { method: 'POST', body, headers: ownConnection })
  }
}

async function guessesIn(server: Server): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}`, connection: 'close' }
  const { text } = await new Visitor({ base: server.url }).get('/metrics', headers)
  return Number(text.split(NOBODY)[1]?.split('\n')[0] ?? 0)
}

test.group('WEB_CONCURRENCY', (group) => {
  group.each.setup(() => emptyDatabase())
  group.each.skip(isRunElsewhere('mysql'), ELSEWHERE)
  group.each.timeout(120_000)

  const start = (settings: Record<string, string> = {}) =>
    spawnServer(
      onThisDatabase({
        WEB_CONCURRENCY: '2',
        METRICS_TOKEN: TOKEN,
        RATE_LIMIT_SCALE: '1000',
        LOG_LEVEL: 'debug',
        ...settings,
      }),
      { patienceMs: 110_000 }
    )

  test('two processes serve, are counted as one, and are replaced; one runs the jobs', async ({
    assert,
  }) => {
    const server = await start()
    assert.isTrue(server.live, server.printed.stderr)
    await until(async () => {
      await guess(server, 2)
      return processesOf(server).length === 2
    })
    /* Whichever process is asked, it knows what both have counted. */
    const before = await guessesIn(server)
    await guess(server, 6)
    for (let time = 0; time < 4; time++) assert.equal(await guessesIn(server), before + 6)
    assert.lengthOf(server.printed.stdout.match(/SMTP_HOST is not set/g)!, 1)

    const [one, another] = processesOf(server)
    process.kill(another, 'SIGKILL')
    await until(() => !isAlive(another))
    await guess(server, 4)
    await until(async () => {
      await guess(server, 2)
      return processesOf(server).length === 3
    })
    assert.include(server.printed.stderr, 'has ended (SIGKILL) and is started again')
    assert.isTrue(isAlive(one))

    assert.equal(await server.stop(), 0)
    for (const pid of processesOf(server)) assert.isFalse(isAlive(pid), String(pid))
  })

  test('when the process that started them is killed, they end too', async ({ assert }) => {
    const server = await start()
    await until(async () => {
      await guess(server, 2)
      return processesOf(server).length === 2
    })
    await server.kill()
    for (const pid of processesOf(server)) await until(() => !isAlive(pid))
    await assert.rejects(() => fetch(`${server.url}/health/live`))
  })

  test('what stops the start is said once', async ({ assert }) => {
    const server = await start({
      DB_CONNECTION: 'sqlite',
      DB_FILE: 'tmp/no-such-folder/x/y.sqlite3',
    })
    assert.isFalse(server.live)
    assert.equal(await server.stop(), 1)
    assert.lengthOf(server.printed.stderr.trim().split('\n'), 1, server.printed.stderr)

    const memory = await start({ SESSION_DRIVER: 'memory' })
    assert.isFalse(memory.live)
    assert.match(memory.printed.stderr, /^Bad environment: SESSION_DRIVER=memory .*\n$/)
  })
})
