import { spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '#tests/support/servers/spawned_process'

/** Whether this machine has a Redis to start. */
export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0

/** A Redis just for one test, which may end it, freeze it and start it again, empty. */
export class RedisServer {
  #process?: ReturnType<typeof spawn>

  private constructor(readonly port: string) {}

  static async start() {
    const server = new RedisServer(String(await freePort()))
    await server.start()
    return server
  }

  async start() {
    const options = ['--bind', '127.0.0.1', '--port', this.port, '--save', '', '--dir', tmpdir()]
    this.#process = spawn('redis-server', options, { stdio: 'ignore' })
    for (let waited = 0; waited < 10_000; waited += 50) {
      if (await this.#answers()) return
      await wait(50)
    }
    throw new Error('The Redis of the test does not answer')
  }

  /** Ends it at once, with everything it held. */
  async kill() {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve))
    this.#process?.kill('SIGKILL')
    await ended
  }

  /** Makes it accept connections and commands but answer none. */
  freeze() {
    this.#process?.kill('SIGSTOP')
  }

  #answers() {
    return new Promise<boolean>((resolve) => {
      const socket = connect(Number(this.port), '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
  }
}
