import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { giveAway, registerKeys } from '#tests/support/secret_scan/sinks'

/** Where tests are started, whether they run from their sources or from the build. */
export const projectRoot = `${process.cwd()}/`

/** How long a spawned process may live by default, in milliseconds. */
const PATIENCE = 20_000

export interface Settings {
  [name: string]: string | undefined
}

/**
 * The environment of a process that shares none of this one's settings, so that a test
 * states everything it depends on.
 */
function environment(settings: Settings) {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    ENV_PATH: 'tests',
    APP_KEY: 'spawned-app-key-of-32-characters',
    SECRETS_KEY: 'spawned-secrets-key-of-32-chars.',
    ...settings,
  }
}

/** For a production server on this run's database, with its keys and the test's own settings. */
export function onThisDatabase(settings: Settings = {}): Settings {
  const ours = Object.entries(process.env).filter(([name]) => name.startsWith('DB_'))
  const { APP_KEY, SECRETS_KEY } = process.env
  return { NODE_ENV: 'production', APP_KEY, SECRETS_KEY, ...Object.fromEntries(ours), ...settings }
}

/** Node's arguments for one of the project's entry points: the built one if there is a build. */
export function entryFile(entry: 'server' | 'console'): string[] {
  const built = process.env.BUILT_SERVER
  return built && existsSync(built)
    ? [built.replace(/server\.js$/, `${entry}.js`)]
    : ['--import=@poppinss/ts-exec', `bin/${entry}.ts`]
}

/** Runs one of the project's entry points. */
function spawnEntry(
  entry: 'server' | 'console',
  args: string[],
  settings: Settings,
  patienceMs = PATIENCE
) {
  const env = environment(settings)
  registerKeys(env)
  const child = spawn(process.execPath, [...entryFile(entry), ...args], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk) => (printed.stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk) => (printed.stderr += chunk))

  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  const exit = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer)
      giveAway({ sink: 'server output', where: entry }, printed.stdout + printed.stderr)
      resolve(code)
    })
  })
  return { child, printed, exit }
}

/** Runs an ace command to its end. */
export async function runAce(args: string[], settings: Settings = {}) {
  const { printed, exit } = spawnEntry('console', args, settings)
  return { exitCode: await exit, ...printed }
}

/** A TCP port that nothing listens on at this moment. */
export function freePort() {
  return new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/**
 * Starts a server in its own process and waits until it answers or ends.
 *
 * @param patienceMs after which it is killed, whatever it is doing
 * @returns whether it is `live`, what it `printed` so far, and `stop`, which ends it and
 *   gives its exit code (null if it had to be killed)
 */
export async function spawnServer(settings: Settings, { patienceMs = PATIENCE } = {}) {
  const port = settings.PORT ?? String(await freePort())
  const url = `http://localhost:${port}`
  const { child, printed, exit } = spawnEntry('server', [], { ...settings, PORT: port }, patienceMs)

  let live = false
  while (!live && child.exitCode === null && child.signalCode === null) {
    live = await fetch(`${url}/health/live`).then(
      (response) => response.ok,
      () => false
    )
    if (!live) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  if (!live) await exit

  return {
    url,
    live,
    pid: child.pid!,
    printed,
    stop() {
      child.kill('SIGTERM')
      return exit
    },
    /** Ends it like a crash, in the middle of whatever it is doing. */
    kill() {
      child.kill('SIGKILL')
      return exit
    },
  }
}
