/*
 * How long does the database take for a page of people, sign-ins or changes? Fills an
 * empty database with the given number of each, requests each kind of page 21 times
 * and prints the median, in milliseconds:
 *
 *   node --import=@poppinss/ts-exec benchmarks/people.ts [200000]
 *
 * It needs migrated tables (`node ace.js migration:run`) and leaves what it wrote.
 */
import '../bin/utc.js'
import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core'

const MOST = Number(process.argv[2] ?? 200_000)
const BATCH = 250
const TIMES = 21

const root = new URL('../', import.meta.url)
const importer = (path: string) => import(path.startsWith('.') ? new URL(path, root).href : path)
const app = new Ignitor(root, { importer }).createApp('console')
await app.init()
await app.boot()

const { default: db } = await import('@adonisjs/lucid/services/db')
const { newPublicId } = await import('#crypto/public_id')
const { searchKey } = await import('#text/search_key')
const { findUsers } = await import('#searches/user_search')
const { findAttempts } = await import('#searches/attempt_search')
const { findChanges } = await import('#searches/audit_search')
const { cursorIn } = await import('#searches/cursor_page')

/* One in five Koreans is a Kim. */
const FAMILY = [...'김김김김김이이이이박박박최최정정강조윤장임한오서신권황안송전홍']
const GIVEN = ['민준', '서연', '하늘', '도윤', '수현', '지우', '예린', '성호', '지훈', '은지']
const PROVIDERS = ['kakao', 'naver', 'rare']

const at = (n: number) =>
  new Date(Date.UTC(2026, 0, 1) + n * 120_000).toISOString().slice(0, 19).replace('T', ' ')
const providerOf = (n: number) => (n % 20_000 === 11 ? 3 : n % 3 === 0 ? 2 : 1)

const aUser = (n: number) => {
  const name = `${FAMILY[(n * 7) % FAMILY.length]}${n % 3 ? '' : ' '}${GIVEN[n % GIVEN.length]}`
  return {
    id: n,
    public_id: newPublicId(),
    email: n % 4 ? `user${n}@example${n % 50}.com` : null,
    name,
    search_key: searchKey(name),
    name_set_here: false,
    role: n % 40_000 === 7 ? 'admin' : 'member',
    suspended_at: n % 500 === 3 ? at(n) : null,
    created_at: at(n),
    updated_at: at(n),
  }
}

const anIdentity = (n: number) => ({
  public_id: newPublicId(),
  user_id: n,
  provider_id: providerOf(n),
  subject: String(3_000_000_000 + n),
  email: n % 4 ? null : `shown${n}@example.com`,
  scopes: '[]',
  linked_at: at(n),
  created_at: at(n),
  updated_at: at(n),
})

const anAttempt = (n: number) => {
  const failed = n % 20 === 1
  return {
    public_id: newPublicId(),
    provider_id: n % 10 ? providerOf(n) : null,
    intent: n % 1_000 === 5 ? 'link' : 'sign_in',
    user_id: failed ? null : n,
    started_at: at(n),
    expires_at: at(n),
    claimed_at: at(n),
    finished_at: at(n),
    outcome: failed ? 'failed' : 'signed_in',
    failure: failed ? (n % 9_000 === 1 ? 'secret_refused' : 'credentials') : null,
    steps: '[]',
    ip: '203.0.113.7',
  }
}

const aChange = (n: number) => ({
  public_id: newPublicId(),
  via: n % 5 ? 'page' : 'command',
  actor_user_id: n % 5 ? 7 : null,
  actor_name: n % 5 ? '김관리' : 'root',
  action: n % 5_000 === 3 ? 'credential.revoked' : 'provider.changed',
  subject_type: 'provider',
  subject_id: 'provider',
  subject_label: '카카오',
  changes: '{"label":{"before":"카카오","after":"카카오톡"}}',
  created_at: at(n),
})

async function fill() {
  if (await db.from('users').first()) throw new Error('This database has people in it')
  const stamps = { created_at: at(0), updated_at: at(0) }
  await db.table('providers').multiInsert(
    PROVIDERS.map((key, index) => ({
      id: index + 1,
      public_id: newPublicId(),
      key,
      driver: key === 'rare' ? 'naver' : key,
      label: key,
      scopes: '[]',
      required_fields: '[]',
      ...stamps,
    }))
  )
  for (let first = 1; first <= MOST; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, index) => first + index)
    await db.transaction(async (trx) => {
      await trx.table('users').multiInsert(numbers.map(aUser))
      await trx.table('identities').multiInsert(numbers.filter((n) => n % 10).map(anIdentity))
      await trx.table('sign_in_attempts').multiInsert(numbers.map(anAttempt))
      await trx.table('audit_entries').multiInsert(numbers.map(aChange))
    })
  }
}

const everybody = { search: null, role: null, state: null, providerId: null, email: null }
const users = (filter: Partial<Parameters<typeof findUsers>[0]>, place = {}) => {
  return () => findUsers({ ...everybody, ...filter }, cursorIn(place))
}
const anyTime = { since: null, until: null }
const everyAttempt = {
  provider: null,
  intent: null,
  ending: null,
  failure: null,
  userId: null,
  period: anyTime,
}
const attempts = (filter: Partial<Parameters<typeof findAttempts>[0]>, place = {}) => {
  return () => findAttempts({ ...everyAttempt, ...filter }, cursorIn(place))
}
const everyChange = {
  who: null,
  via: null,
  action: null,
  subjectType: null,
  subject: null,
  period: anyTime,
}
const changes = (filter: Partial<Parameters<typeof findChanges>[0]>, place = {}) => {
  return () => findChanges({ ...everyChange, ...filter }, cursorIn(place))
}

const old = Date.UTC(2026, 0, 1) / 1_000 + 120 * 1_000

const PAGES: Record<string, () => Promise<{ rows: unknown[] }>> = {
  'people: the first page': users({}),
  'people: the last page': users({}, { older: '60' }),
  'people: a common name': users({ search: '김' }),
  'people: a whole name': users({ search: '홍 하늘' }),
  'people: nobody': users({ search: 'zzz' }),
  'people: an address': users({ search: 'user12345@' }),
  'people: one letter of nearly all addresses': users({ search: 'u' }),
  'people: an id of a provider': users({ search: '3000012345' }),
  'people: administrators': users({ role: 'admin' }),
  'people: suspended': users({ state: 'suspended' }),
  'people: without an address': users({ email: 'without' }),
  'people: of a usual provider': users({ providerId: 1 }),
  'people: of a rare provider': users({ providerId: 3 }),
  'people: all of it at once': users({
    search: '김',
    role: 'member',
    state: 'suspended',
    providerId: 1,
    email: 'with',
  }),
  'sign-ins: the first page': attempts({}),
  'sign-ins: an old page': attempts({}, { older: `${old}.1000` }),
  'sign-ins: failed': attempts({ ending: 'failed' }),
  'sign-ins: a rare failure': attempts({ failure: 'secret_refused' }),
  'sign-ins: a rare purpose': attempts({ intent: 'link' }),
  'sign-ins: of a rare provider': attempts({ provider: 3 }),
  'sign-ins: of one person': attempts({ userId: 4_321 }),
  'changes: the first page': changes({}),
  'changes: an old page': changes({}, { older: `${old}.1000` }),
  'changes: a rare action': changes({ action: 'credential.revoked' }),
  'changes: by a name': changes({ who: 'roo' }),
  'changes: to nothing there is': changes({ subject: 'nothing' }),
}

await fill()
const isMysql = db.connection().dialect.name === 'mysql'
const tables = 'users, identities, sign_in_attempts, audit_entries'
await db.rawQuery(isMysql ? `analyze table ${tables}` : 'pragma optimize')

for (const [name, ask] of Object.entries(PAGES)) {
  const times: number[] = []
  let rows = 0
  for (let turn = 0; turn < TIMES; turn++) {
    const begun = performance.now()
    const page = await ask()
    rows = page.rows.length
    times.push(performance.now() - begun)
  }
  const median = times.sort((a, b) => a - b)[Math.floor(TIMES / 2)]
  console.log(
    `${name.padEnd(46)} ${String(rows).padStart(3)} rows ${median.toFixed(1).padStart(8)}`
  )
}
await app.terminate()
