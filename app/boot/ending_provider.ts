import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ApplicationService } from '@adonisjs/core/types'

/* In milliseconds after the signal. Requests sent just before it still arrive... */
const LISTENS_FOR = 500
/* ... requests under way, and jobs, may take this long ... */
const FINISHES_WITHIN = 7_000
/* ... and this is the end for whatever is still open: supervisors kill after ten seconds. */
const ENDS_WITHIN = 8_500

/**
 * Ends a web process in order and in time. The framework stops listening and then waits
 * for every connection, including idle ones and those on which nothing will ever happen.
 */
export default class EndingProvider {
  /** Every connection, with the responses it is waiting for. */
  readonly #open = new Map<Socket, Set<ServerResponse>>()

  constructor(protected app: ApplicationService) {}

  /* Before the server listens: a signal that comes while it starts must not be waited out. */
  boot() {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => setTimeout(() => process.exit(), ENDS_WITHIN).unref())
    }
  }

  async ready() {
    const http = await this.app.container.make('server')
    const server = http.getNodeServer() as Server
    this.#follow(server)
    /* Hooks run last-registered first, so this one runs before the framework's own. */
    this.app.terminating(() => this.#end(server))
  }

  #follow(server: Server) {
    server.on('connection', (socket) => {
      this.#open.set(socket, new Set())
      socket.once('close', () => this.#open.delete(socket))
    })
    server.on('request', ({ socket }, response) => {
      const answers = this.#open.get(socket)
      answers?.add(response)
      response.once('close', () => answers?.delete(response))
      if (!server.listening) response.setHeader('Connection', 'close')
    })
  }

  async #end(server: Server) {
    const logger = await this.app.container.make('logger')
    const timers = [
      setTimeout(() => this.#closeQuietOnes(), LISTENS_FOR),
      setTimeout(() => {
        logger.warn(`${this.#underWay.length} requests were cut off`)
        server.closeAllConnections()
      }, FINISHES_WITHIN),
    ]
    const closed = new Promise((resolve) => server.close(resolve))
    for (const answer of this.#underWay) {
      if (!answer.headersSent) answer.setHeader('Connection', 'close')
    }
    await closed
    for (const timer of timers) clearTimeout(timer)
  }

  get #underWay() {
    return [...this.#open.values()].flatMap((answers) => [...answers])
  }

  /** Closes the connections on which no request has come. */
  #closeQuietOnes() {
    for (const [socket, answers] of this.#open) {
      if (answers.size === 0) socket.destroy()
    }
  }
}
