import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { giveAway, registerKeys, registerLines } from '#tests/support/secret_scan/sinks'

/** The production build, if the test run has made one. */
export const builtServer = process.env.BUILT_SERVER

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const PRODUCTION_KEYS = {
  APP_KEY: 'production-app-key-of-the-tests-1',
  SECRETS_KEY: 'production-secrets-key-of-tests-1',
}

interface Finished {
  code: number | null
  output: string
}

/**
 * The built code as an operator runs it: separate processes, production mode, settings
 * only from the environment, its own database file.
 */
export class Installation {
  readonly #processes: ReturnType<typeof spawn>[] = []
  output = ''

  private constructor(
    readonly url: string,
    readonly folder: string,
    readonly env: Record<string, string>
  ) {}

  static async make(settings: Record<string, string> = {}) {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const folder = await mkdtemp(join(tmpdir(), 'daemun-'))
    registerKeys({ ...PRODUCTION_KEYS, ...settings })
    return new Installation(url, folder, {
      PATH: process.env.PATH!,
      ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
      NODE_ENV: 'production',
      ENV_PATH: folder,
      HOST: '127.0.0.1',
      PORT: String(port),
      APP_URL: url,
      ...PRODUCTION_KEYS,
      LOG_LEVEL: 'info',
      DB_CONNECTION: 'sqlite',
      DB_FILE: join(folder, 'daemun.sqlite3'),
      ...settings,
    })
  }

  /** Runs an ace command to its end. */
  ace(words: string[], input = ''): Promise<Finished> {
    return this.#run([join(dirname(builtServer!), '..', 'ace.js'), ...words], input)
  }

  /** Starts the server and waits until it answers. */
  async serve() {
    const server = spawn(process.execPath, [builtServer!], { env: this.env })
    this.#processes.push(server)
    server.stdout.on('data', (chunk) => (this.output += chunk))
    server.stderr.on('data', (chunk) => (this.output += chunk))

    for (let waited = 0; waited < 20_000; waited += 100) {
      if (server.exitCode !== null) throw new Error(`The server ended: ${this.output}`)
      const answer = await fetch(`${this.url}/health/live`).catch(() => null)
      if (answer?.ok) return
      await wait(100)
    }
    throw new Error(`The server does not answer: ${this.output}`)
  }

  /** Ends the servers like a crash, in the middle of whatever they are doing. */
  async kill() {
    await this.#end('SIGKILL')
  }

  async remove() {
    await this.#end('SIGTERM')
    await rm(this.folder, { recursive: true, force: true })
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL') {
    giveAway({ sink: 'server output', where: 'the built server' }, this.output)
    for (const one of this.#processes.splice(0)) {
      const hasEnded = one.exitCode !== null || one.signalCode !== null
      const ended = hasEnded ? null : new Promise((resolve) => one.once('exit', resolve))
      one.kill(signal)
      await ended
    }
  }

  #run(words: string[], input: string): Promise<Finished> {
    const child = spawn(process.execPath, words, { env: this.env })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    registerLines(input)
    child.stdin.end(input)
    return new Promise((resolve) =>
      child.once('exit', (code) => {
        giveAway({ sink: 'command output', where: words[1] }, output)
        resolve({ code, output })
      })
    )
  }
}
