/*
 * `npm start`: from a fresh clone to a running site. Installs, writes .env, builds and
 * migrates as far as still needed, then serves the built code. Never overwrites .env
 * or data.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { constants } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import {
  applicationNode,
  build,
  builtServer,
  explain,
  install,
  killRunning,
  root,
  run,
  Stopped,
  withOwnCommands,
} from './toolchain.js'

/* How long the server may take to answer, in milliseconds. */
const START_TIMEOUT = 60_000

const exampleSite = join(root, 'docs', 'examples', 'express', 'site.mjs')

/* The channel to this process closes however it ends, and the example ends with it. */
const ENDS_WITH_US = 'data:text/javascript,process.on("disconnect",()=>process.exit())'

const say = (line) => console.log(line)
const envFile = join(root, '.env')

/**
 * The keys belong to this machine: a copy of them opens what it has stored, so nobody
 * else on the machine may read them, nor a .env written by hand.
 */
function writeEnv() {
  if (existsSync(envFile)) {
    if (statSync(envFile).uid === process.getuid?.()) chmodSync(envFile, 0o600)
    return
  }
  const key = () => randomBytes(32).toString('base64url')
  const lines = [
    '# Written by "npm start"; yours to change. Values in the environment win over these.',
    '# All of them: docs/configuration.md. Keep the keys: what they encrypted opens with no other.',
    'NODE_ENV=development',
    'HOST=127.0.0.1',
    '#PORT=3333',
    `APP_KEY=${key()}`,
    `SECRETS_KEY=${key()}`,
    '# Providers that anybody can sign in with as anybody, to try the site without keys.',
    'SANDBOX=true',
  ]
  writeFileSync(envFile, lines.join('\n') + '\n', { mode: 0o600, flag: 'wx' })
  say('Wrote .env with fresh keys.')
}

/** The settings as the application will see them: the environment wins over .env. */
function readSettings() {
  const settings = { ...parseEnv(readFileSync(envFile, 'utf8')), ...process.env }
  const port = settings.PORT || '3333'
  return {
    port,
    host: settings.HOST || '127.0.0.1',
    url: settings.APP_URL || `http://localhost:${port}`,
    nodeEnv: settings.NODE_ENV || 'development',
    sandbox: settings.SANDBOX === 'true',
  }
}

/** Why nothing can listen there, as a code such as EADDRINUSE; `null` when the port is free. */
function whyNotFree(host, port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', ({ code }) => resolve(code))
    probe.listen({ host, port }, () => probe.close(() => resolve(null)))
  })
}

/** @throws Stopped when something already listens on the port */
async function insistOnFreePort({ host, port }) {
  /* The application reports an invalid port in one line; only availability is checked here. */
  if (!/^\d+$/.test(port) || Number(port) > 65_535) return
  const why = await whyNotFree(host, Number(port))
  if (why === 'EADDRINUSE') {
    const free = Number(port) === 3333 ? 4000 : 3333
    throw new Stopped(`Port ${port} is taken by another program. Try: PORT=${free} npm start`)
  }
  if (why === 'EACCES') {
    throw new Stopped(`Port ${port} needs more rights than you have. Try: PORT=4000 npm start`)
  }
}

/**
 * Plans the example of another site: on the next port, on loopback, with a secret that no
 * other start has.
 *
 * @returns `null` without the sandbox, or if that port is taken
 */
async function planExample({ port, sandbox }) {
  const next = Number(port) + 1
  if (!sandbox || !(next <= 65_535) || (await whyNotFree('127.0.0.1', next))) return null
  return {
    port: next,
    /* Daemun is at localhost; another host makes a sign-in really cross sites. */
    url: `http://127.0.0.1:${next}`,
    secret: randomBytes(32).toString('base64url'),
  }
}

/**
 * Starts the example site, which ends with this process at the latest.
 *
 * @returns its process, and whether it `serves`, known once it does or has ended
 */
function startExample({ port, url, secret }, issuer) {
  const site = spawn(applicationNode(), [`--import=${ENDS_WITH_US}`, exampleSite], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      SITE_URL: url,
      ISSUER: issuer,
      CLIENT_ID: 'example',
      CLIENT_SECRET: secret,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  /* It prints its address once it listens. */
  const serves = new Promise((resolve) => {
    site.stdout.on('data', () => resolve(true))
    site.on('exit', () => resolve(false))
  })
  return { process: site, serves }
}

/** What the reader is told about it: nothing without the sandbox. */
function exampleLine({ port, sandbox }, example, serves) {
  if (!sandbox) return ''
  if (serves) return `  Another site that signs in through it: ${example.url}\n`
  const why = example ? 'it ended at once' : `port ${Number(port) + 1} is taken`
  return `  No example of another site: ${why}.\n`
}

/** Whether the server answers its health route. */
function isLive({ host, port }) {
  const target = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return new Promise((resolve) => {
    get({ host: target, port: Number(port), path: '/health/live', timeout: 2_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .on('timeout', function () {
        this.destroy()
      })
  })
}

/** Starts the built server and stays until it ends, passing on termination signals. */
async function serve(settings, env) {
  const example = await planExample(settings)
  const registration = example && {
    SANDBOX_CLIENT_URL: example.url,
    SANDBOX_CLIENT_SECRET: example.secret,
  }
  const server = spawn(applicationNode(), [builtServer], {
    cwd: root,
    env: { ...env, ...registration },
    stdio: 'inherit',
  })
  const site = example && startExample(example, settings.url)
  server.on('exit', () => site?.process.kill())
  let ended = false
  const end = new Promise((resolve) => {
    server.on('exit', (code, signal) => {
      ended = true
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })

  /*
   * Ctrl-C reaches the server directly, since it shares the terminal; receiving the same
   * signal twice does no harm. Exit code 0: it ended as asked.
   */
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal)
    process.on(signal, () => server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
  }

  /*
   * npm runs scripts through a shell, and a signal sent to npm ends that shell without
   * reaching this process.
   */
  const parent = process.ppid
  if (process.env.npm_lifecycle_event) {
    setInterval(() => process.ppid !== parent && server.kill('SIGTERM'), 250).unref()
  }

  const deadline = Date.now() + START_TIMEOUT
  while (!ended && !(await isLive(settings))) {
    if (Date.now() > deadline) {
      server.kill('SIGKILL')
      throw new Stopped(`The server did not answer within ${START_TIMEOUT / 1000} s.`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  if (!ended) {
    const line = exampleLine(settings, example, await site?.serves)
    say(`
Daemun is running at ${settings.url}

${line}  The first administrator:
    npm run ace -- admin:create --email=you@example.com --name="Your name"
  To stop: Ctrl-C
`)
  }
  process.exitCode = await end
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    killRunning()
    process.exit(130)
  })
}

try {
  await install(say)
  writeEnv()
  const settings = readSettings()
  await insistOnFreePort(settings)
  await build(say)

  const env = withOwnCommands({
    ...process.env,
    NODE_ENV: settings.nodeEnv,
    /* Built code would look for .env in build/. */
    ENV_PATH: root,
  })
  await run(applicationNode(), [join('build', 'ace.js'), 'migration:run', '--force'], { env })
  await serve(settings, env)
} catch (error) {
  explain(error)
}
