/*
 * How long do the health figures take when a provider has had many trips? Writes
 * 200,000 trips over thirty days, queries everything the pages show, prints times and
 * the database's plans, and removes the trips again:
 *
 *   node --import=@poppinss/ts-exec benchmarks/provider_health.ts [trips]
 *
 * It needs the server's environment (.env or the same variables) and a migrated
 * database. Not for a site in use.
 */
import '../bin/utc.js'
import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core'

const TRIPS = Number(process.argv[2] ?? 200_000)
/* Rows per statement; SQLite accepts no more. */
const BATCH = 500
const REPEAT = 5

const root = new URL('../', import.meta.url)
const importer = (path: string) => import(path.startsWith('.') ? new URL(path, root).href : path)
const app = new Ignitor(root, { importer }).createApp('console')
await app.init()
await app.boot()

const { default: db } = await import('@adonisjs/lucid/services/db')
const { default: Provider } = await import('#models/provider')
const { default: ProviderCredential } = await import('#models/provider_credential')
const { now, sqlTime } = await import('#time/clock')
const { newPublicId } = await import('#crypto/public_id')
const { figuresOf, lastDayOf } = await import('#health/figures')
const { providerAlerts } = await import('#health/alerts')

const FAILURES = ['secret_refused', 'provider_timeout', 'cancelled', 'missing_fields']
const STEPS = '[{"name":"token","ms":123,"result":"ok"},{"name":"profile","ms":89,"result":"ok"}]'

async function prepare() {
  const provider = await Provider.create({
    key: `health-${newPublicId()
      .toLowerCase()
      .replaceAll(/[^a-z]/g, '')}`,
    driver: 'kakao',
    label: 'Benchmark',
    enabled: true,
    hidden: true,
    position: 999,
    scopes: [],
    requiredFields: [],
    emailPolicy: 'never',
    allowSignUp: true,
    syncProfile: 'always',
    sandbox: false,
  })
  const credentials = await ProviderCredential.createMany(
    ['retiring', 'active'].map((status) => ({
      providerId: provider.id,
      clientId: 'benchmark',
      status: status as 'retiring' | 'active',
      activatedAt: now().minus({ days: 40 }),
    }))
  )
  await provider.merge({ activeCredentialId: credentials[1].id }).save()

  const until = now()
  for (let done = 0; done < TRIPS; done += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, TRIPS - done) }, (_, index) => {
      const nth = done + index
      const at = until.minus({ seconds: Math.floor(30 * 86_400 * (1 - nth / TRIPS)) })
      const end = nth % 20
      const outcome = end < 16 ? 'signed_in' : end < 18 ? 'failed' : null
      return {
        public_id: newPublicId(),
        state_hash: `${newPublicId()}${newPublicId()}`.slice(0, 43),
        browser_hash: 'b'.repeat(43),
        provider_id: provider.id,
        credential_id: credentials[nth < TRIPS / 3 ? 0 : 1].id,
        intent: 'sign_in',
        started_at: sqlTime(at),
        expires_at: sqlTime(at.plus({ minutes: 10 })),
        claimed_at: outcome ? sqlTime(at.plus({ seconds: 20 })) : null,
        finished_at: outcome ? sqlTime(at.plus({ seconds: 21 })) : null,
        outcome,
        failure: outcome === 'failed' ? FAILURES[nth % FAILURES.length] : null,
        steps: STEPS,
        ip: '203.0.113.7',
        user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
      }
    })
    await db.table('sign_in_attempts').multiInsert(rows)
  }
  return provider
}

/** The plan of a statement, a line for each step. */
async function planOf(sql: string, bindings: readonly unknown[]) {
  const isMysql = db.connection().dialect.name === 'mysql'
  const answer = await db.rawQuery(`${isMysql ? 'explain' : 'explain query plan'} ${sql}`, [
    ...(bindings as string[]),
  ])
  const rows: Record<string, unknown>[] = isMysql ? answer[0] : answer
  return rows.map(({ detail, key, type, rows: read, Extra: extra }) =>
    detail ? String(detail) : `${type} on ${key}, ${read} rows: ${extra}`
  )
}

const provider = await prepare()
try {
  const asked: { sql: string; bindings: unknown[] }[] = []
  db.connection()
    .getReadClient()
    .on('query', ({ sql, bindings }) => asked.push({ sql, bindings }))

  const questions = {
    'figures of an hour': () => figuresOf(provider, 'hour'),
    'figures of a day': () => figuresOf(provider, 'day'),
    'figures of 30 days': () => figuresOf(provider, 'month'),
    'last day of a list': () => lastDayOf([provider]),
    'banner': () => providerAlerts(),
  }
  for (const [name, ask] of Object.entries(questions)) {
    const times: number[] = []
    const cpu = process.cpuUsage()
    for (let nth = 0; nth < REPEAT; nth++) {
      asked.length = 0
      const begun = performance.now()
      await ask()
      times.push(performance.now() - begun)
    }
    const [median] = times.toSorted((a, b) => a - b).slice(Math.floor(REPEAT / 2))
    const { user, system } = process.cpuUsage(cpu)
    const own = (user + system) / 1_000 / REPEAT
    console.log(
      `${name.padEnd(20)} ${median.toFixed(1).padStart(7)} ms, of which ${own.toFixed(1)} ms of this process`
    )
    for (const { sql, bindings } of asked.filter((one) => /attempts/.test(one.sql))) {
      for (const step of await planOf(sql, bindings)) console.log(`    ${step}`)
    }
  }
} finally {
  await Provider.query().where('id', provider.id).update({ activeCredentialId: null })
  await provider.delete()
  await app.terminate()
}
