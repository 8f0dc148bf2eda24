/*
 * `npm test`: everything that must hold before a change lands. It sets itself up,
 * so it runs on a fresh clone; see docs/operations.md.
 *
 *   --require-all   a missing MySQL, Redis, browser or Apache is brought up where root
 *                   can, and is a failure otherwise
 *   --long          the full sizes of the crash, fuzz and growth tests
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join, sep } from 'node:path'
import {
  aceEnvironment,
  applicationNode,
  build,
  builtServer,
  capture,
  explain,
  freePort,
  install,
  killRunning,
  root,
  run,
  Stopped,
  withoutSettings,
} from './toolchain.js'
import { prepareApache, prepareChromium, prepareMysql, prepareRedis } from './test_services.js'

const requireAll = process.argv.includes('--require-all')
const long = process.argv.includes('--long')

/*
 * Processes that share the tests of one database, each with a database of its own. Half of
 * a test's time is waiting, so that one process leaves its processor idle.
 */
const LANES = 2

/* How long one run of the suites may take before it counts as hung, in milliseconds. */
const SUITES_TIMEOUT = long ? 7_200_000 : 2_700_000

const folder = join(root, 'tmp', 'check')
const total = { passed: 0, failed: 0, skipped: 0 }
const releases = []

const say = (line) => console.log(line)
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** Runs one check that either holds or does not, and counts it. */
async function check(title, work) {
  const started = Date.now()
  try {
    await work()
    total.passed++
    say(`✓ ${title} (${seconds(started)})`)
    return true
  } catch (error) {
    total.failed++
    say(`✗ ${title} (${seconds(started)})\n`)
    explain(error, say)
    say('')
    return false
  }
}

/** One hash over the files that `node ace codegen` writes. */
function generatedHash() {
  const generated = join(root, '.adonisjs')
  if (!existsSync(generated)) return null
  const hash = createHash('sha256')
  const entries = readdirSync(generated, { recursive: true, withFileTypes: true })
  /* routes.json is a local note, not committed. */
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'routes.json')
  for (const path of files.map((file) => join(file.parentPath ?? file.path, file.name)).sort()) {
    hash.update(`${path}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

async function lint(env) {
  await run(applicationNode(), ['node_modules/eslint/bin/eslint.js', '.'], { env })
  await run(applicationNode(), ['node_modules/prettier/bin/prettier.cjs', '--check', '.'], { env })
}

async function types(env) {
  const before = generatedHash()
  await run(applicationNode(), ['ace.js', 'codegen'], { env: aceEnvironment() })
  await run(applicationNode(), ['node_modules/typescript/bin/tsc', '--noEmit'], { env })
  if (before && before !== generatedHash()) {
    throw new Stopped('"node ace codegen" changed files in .adonisjs/: commit them')
  }
}

/** The test files of a suite, in alphabetical order, as paths from the root. */
function specsOf(suite) {
  const entries = readdirSync(join(root, 'tests', suite), { recursive: true })
  const specs = entries.filter((path) => path.endsWith('.spec.ts')).sort()
  return specs.map((path) => ['tests', suite, ...path.split(sep)].join('/'))
}

/**
 * Runs the lane-th share of some suites in one process: every n-th file. What it prints
 * goes to a log file.
 *
 * @param settings its environment, with a database of its own
 * @returns what its tests came to, by suite, and what went wrong besides
 */
async function runLane(title, lane, names, settings) {
  const name = `${title.replace(/\W+/g, '-').toLowerCase()}-${lane + 1}`
  const tallyFile = join(folder, `${name}.json`)
  const database = join(folder, `${name}.sqlite3`)
  for (const file of [tallyFile, database, `${database}-wal`, `${database}-shm`]) {
    rmSync(file, { force: true })
  }

  const specs = names.flatMap(specsOf).filter((_, index) => index % LANES === lane)
  const port = await freePort()
  const { code, output, timedOut } = await capture(
    applicationNode(),
    [
      '--enable-source-maps',
      'build/bin/test.js',
      ...names,
      ...specs.map((spec) => `--files=${spec.replace(/\.ts$/, '.js')}`),
    ],
    {
      timeoutMs: SUITES_TIMEOUT,
      env: {
        ...withoutSettings(),
        PORT: String(port),
        APP_URL: `http://localhost:${port}`,
        DB_FILE: database,
        BUILT_SERVER: builtServer,
        TEST_TALLY_FILE: tallyFile,
        TEST_LONG: String(long),
        /* Hundreds of processes start in a run, and each would compile the same modules. */
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
        ...settings,
      },
    }
  )

  let tally = { suites: {}, failedHooks: 0 }
  try {
    tally = JSON.parse(readFileSync(tallyFile, 'utf8'))
  } catch {
    /* It ended before it could write; reported below. */
  }
  const failed = Object.values(tally.suites).reduce((sum, suite) => sum + suite.failed, 0)
  const complaints = []
  if (tally.failedHooks > 0) complaints.push(`${tally.failedHooks} hook(s) around the tests failed`)
  if (timedOut) complaints.push(`no end after ${SUITES_TIMEOUT / 60_000} minutes`)
  else if (code !== 0 && failed + complaints.length === 0) {
    complaints.push(`all tests passed, but the process ended with exit code ${code}`)
  }

  const log = join('tmp', 'check', `${name}.log`)
  writeFileSync(join(root, log), output)
  return { suites: tally.suites, complaints, output, log, hasFailed: failed > 0 }
}

/**
 * Runs test suites on one database, in several processes, and counts what they report. A
 * suite without tests is a failure, and so is a process that fails although every test
 * passed.
 *
 * @param lanes each process's environment
 */
async function suites(title, names, lanes) {
  const started = Date.now()
  const results = await Promise.all(
    lanes.map((settings, lane) => runLane(title, lane, names, settings))
  )

  const count = { passed: 0, failed: 0, skipped: 0 }
  for (const name of names) {
    const outcomes = results.map(({ suites: each }) => each[name]).filter(Boolean)
    for (const outcome of Object.keys(count)) {
      count[outcome] += outcomes.reduce((sum, each) => sum + each[outcome], 0)
    }
    if (outcomes.every(({ passed, failed }) => passed + failed === 0)) {
      results[0].complaints.push(`the ${name} suite ran no test`)
    }
  }
  count.failed += results.reduce((sum, { complaints }) => sum + complaints.length, 0)
  for (const outcome of Object.keys(count)) total[outcome] += count[outcome]

  const numbers = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
  say(`${count.failed ? '✗' : '✓'} ${title}: ${names.join(', ')}: ${numbers} (${seconds(started)})`)
  for (const { hasFailed, complaints, output, log } of results) {
    if (!hasFailed && complaints.length === 0) continue
    say(['', ...output.trimEnd().split('\n').slice(-400)].join('\n'))
    for (const complaint of complaints) say(`  ${complaint}`)
    say(`  All of the output: ${log}\n`)
  }
}

/**
 * Prepares a service for the tests.
 *
 * @returns its environment in each lane, or null if it is missing, which is counted
 */
async function service(prepare, lanes = LANES) {
  const envs = []
  for (let lane = 0; lane < lanes; lane++) {
    const { missing, env, release } = await prepare({ lane, bringUp: requireAll, say })
    if (missing) {
      total[requireAll ? 'failed' : 'skipped']++
      say(`${requireAll ? '✗' : '–'} ${requireAll ? 'missing' : 'skipped'}: ${missing}`)
      return null
    }
    releases.push(release)
    envs.push(env)
  }
  return envs
}

/**
 * Lint beside types and the build: each keeps one processor busy.
 *
 * @returns whether there is a build
 */
async function sources() {
  const env = withoutSettings()
  const linted = check('lint', () => lint(env))
  await check('types', () => types(env))
  const built = await check('build', () => build(() => {}))
  await linted
  return built
}

async function services() {
  const [chromium] = (await service(prepareChromium, 1)) ?? []
  const [apache] = (await service(prepareApache, 1)) ?? []
  const mysql = await service(prepareMysql)
  const redis = await service(prepareRedis)
  return { chromium, apache, mysql, redis }
}

async function everything() {
  await install(say)
  mkdirSync(folder, { recursive: true })
  const [built, { chromium, apache, mysql, redis }] = await Promise.all([sources(), services()])
  if (!built) return

  const overHttp = chromium ? ['functional', 'browser'] : ['functional']
  const lanes = Array.from({ length: LANES }, (_, lane) => lane)

  /*
   * In parallel: they share nothing. A browser cannot tell which database answers, so one
   * of them is enough for most runs.
   */
  const both = mysql && !long ? { TEST_DATABASES: 'sqlite,mysql' } : {}
  const runs = [
    suites(
      'SQLite, cookie sessions',
      ['unit', ...overHttp],
      lanes.map(() => ({
        ...chromium,
        ...apache,
        ...both,
        DB_CONNECTION: 'sqlite',
        SESSION_DRIVER: 'cookie',
      }))
    ),
  ]
  if (mysql || redis) {
    runs.push(
      suites(
        `${mysql ? 'MySQL' : 'SQLite'}, ${redis ? 'Redis' : 'cookie'} sessions`,
        long ? overHttp : ['functional'],
        lanes.map((lane) => ({
          ...chromium,
          ...apache,
          ...both,
          ...mysql?.[lane],
          ...redis?.[lane],
          SESSION_DRIVER: redis ? 'redis' : 'cookie',
          LIMITER_STORE: redis ? 'redis' : 'database',
          /* Far from UTC, to catch a time written in the machine's own zone. */
          TZ: 'Asia/Seoul',
        }))
      )
    )
  }
  await Promise.all(runs)
}

async function release() {
  for (const one of releases.splice(0)) {
    await one().catch((error) => say(`(could not clean up: ${error.message})`))
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    killRunning()
    await release()
    process.exit(130)
  })
}

try {
  await everything()
} catch (error) {
  total.failed++
  explain(error, say)
} finally {
  await release()
}

process.exitCode = total.failed > 0 ? 1 : 0
say('')
say(
  `${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`
)
