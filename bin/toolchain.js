/*
 * What `npm start` and `npm test` share: installing, building and running things on the
 * project's own Node. Every .js file in this folder must run on Node 20 without
 * node_modules.
 */
import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))
export const builtServer = join(root, 'build', 'bin', 'server.js')

/** A reason to stop that is reported in one line, without a stack trace. */
export class Stopped extends Error {}

/** A command that failed; `output` is what it printed, in order. */
export class CommandFailed extends Error {
  constructor(message, output) {
    super(message)
    this.output = output
  }
}

const running = new Set()

/** Signals a process started here and everything that it started. */
function signalGroup(child, signal) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    /* It has already ended. */
  }
}

/** Kills whatever `run` has under way, on Ctrl-C. */
export function killRunning() {
  for (const child of running) signalGroup(child, 'SIGKILL')
}

/**
 * Runs a command to its end and collects its output.
 *
 * @param options.timeoutMs after which the command and its children are killed
 * @param options.leaveChildren whether processes it left behind may live on
 * @returns its exit code (null when killed), its output, whether time ran out
 */
export function capture(
  command,
  args,
  { env = process.env, timeoutMs = 240_000, leaveChildren = false } = {}
) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32' && command === 'npm',
    })
    running.add(child)

    let output = ''
    let timedOut = false
    child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk) => (output += chunk))

    const timer = setTimeout(() => {
      timedOut = true
      signalGroup(child, 'SIGKILL')
    }, timeoutMs)

    const finish = (code) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ code, output, timedOut })
    }
    child.on('error', (error) => {
      output += error.message
      finish(null)
    })
    child.on('exit', (code) => {
      if (!leaveChildren) signalGroup(child, 'SIGKILL')
      /* Surviving processes may hold the pipes open: 'close' would never come. */
      setTimeout(finish, 1_000, code).unref()
    })
    child.on('close', finish)
  })
}

/** @throws CommandFailed when the command exits with a code other than 0 */
export async function run(command, args, options) {
  const { code, output, timedOut } = await capture(command, args, options)
  if (code === 0) return output
  const what = [command === ownNode ? 'node' : command, ...args].join(' ')
  throw new CommandFailed(timedOut ? `"${what}" did not end in time` : `"${what}" failed`, output)
}

const binFolder = join(root, 'node_modules', '.bin')
const ownNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node'
)

/**
 * The Node that the application runs on: the one among the devDependencies, or the
 * machine's own if it is new enough.
 *
 * @throws Stopped when there is neither
 */
export function applicationNode() {
  if (existsSync(ownNode)) return ownNode
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Stopped(
    'Node 24 is missing: its package could not run its install script. ' +
      'Check "npm config get ignore-scripts", delete node_modules and try again.'
  )
}

/** The environment with the project's commands, including its Node, first on PATH. */
export function withOwnCommands(env = process.env) {
  return { ...env, PATH: [binFolder, env.PATH].filter(Boolean).join(delimiter) }
}

const settings =
  /^(NODE_ENV|NODE_OPTIONS|HOST|PORT|ENV_PATH|DEV_MODE|TZ|SANDBOX|METRICS_TOKEN|TRUST_PROXY|LOG_LEVEL)$|^(APP|DB|SESSION|LIMITER|RATE_LIMIT|REDIS|MAIL|SMTP|SECRETS|SANDBOX|NAVER|KAKAO)_/

/**
 * The environment without this site's settings, for results that must not depend on the
 * shell that starts them.
 */
export function withoutSettings() {
  const kept = Object.entries(process.env).filter(([name]) => !settings.test(name))
  return withOwnCommands(Object.fromEntries(kept))
}

/**
 * For the ace commands that generate files. Ace reads the settings even for those, though
 * the files do not depend on them; tests/ is a folder without .env.
 */
export function aceEnvironment() {
  return {
    ...withoutSettings(),
    NODE_ENV: 'development',
    ENV_PATH: 'tests',
    APP_KEY: 'no-key-but-long-enough-for-one',
  }
}

const readJson = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'))

/**
 * Whether node_modules holds what package-lock.json asks for, judged by the copy that npm
 * leaves there.
 */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false
  const wanted = readJson('package-lock.json').packages
  const present = readJson('node_modules', '.package-lock.json').packages

  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    if (!present[path]) return entry.optional || entry.devOptional || entry.peer
    return present[path].version === entry.version && present[path].integrity === entry.integrity
  })
}

/**
 * Installs the packages if they differ from the lock file.
 *
 * @param say called with a line for the reader before anything slow begins
 */
export async function install(say) {
  if (isInstalled()) return
  say('Installing packages (a minute or two) …')
  /*
   * NODE_ENV=production would skip the very packages that build the application. No
   * browser download: `npm test` finds or fetches one itself.
   */
  await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    env: { ...process.env, NODE_ENV: 'development', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    timeoutMs: 900_000,
  })
}

const builtFrom = ['app', 'bin', 'config', 'database', 'resources', 'public', 'start', 'tests']
const builtFromFiles = [
  'adonisrc.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
]
const stampFile = join(root, 'build', '.built-from')

/** One hash over the names and contents of everything the build reads. */
function sourcesHash() {
  const hash = createHash('sha256')
  const add = (path) => {
    const name = relative(root, path)
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0')
  }
  const walk = (folder) => {
    const entries = readdirSync(folder, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      /* The build writes public/assets. */
      if (path === join(root, 'public', 'assets')) continue
      if (entry.isDirectory()) walk(path)
      else if (entry.isFile()) add(path)
    }
  }
  for (const folder of builtFrom) if (existsSync(join(root, folder))) walk(join(root, folder))
  for (const file of builtFromFiles) add(join(root, file))
  return hash.digest('hex')
}

/**
 * Builds into build/ unless it already holds a build of these exact sources.
 *
 * @param say called with a line for the reader before anything slow begins
 */
export async function build(say) {
  const hash = sourcesHash()
  if (existsSync(builtServer) && existsSync(stampFile)) {
    if (readFileSync(stampFile, 'utf8') === hash) return
  }
  say('Building …')
  await run(applicationNode(), ['ace.js', 'build'], { env: aceEnvironment() })
  writeFileSync(stampFile, hash)
}

/** A TCP port that nothing listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/**
 * Ends the process and says why: one line for what the reader can fix, the command's
 * output for a failed command.
 */
export function explain(error, print = console.error) {
  process.exitCode = 1
  if (error instanceof CommandFailed) {
    const output = error.output.trim()
    print(output)
    /* A single line is a complete reason, such as a bad setting. */
    if (!output || output.includes('\n')) print(`\n${error.message}.`)
  } else if (error instanceof Stopped) {
    print(error.message)
  } else {
    print(error)
  }
}
