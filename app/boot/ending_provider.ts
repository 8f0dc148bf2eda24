import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ApplicationService } from '@adonisjs/core/types'

/* From the signal on, in milliseconds. What was sent a moment before still arrives... */
const LISTENS_FOR = 500
/* ... requests under way may take so long, and jobs as well ... */
const FINISHES_WITHIN = 7_000
/* ... and whatever may still be open then, this is the end: supervisors kill after ten seconds. */
const ENDS_WITHIN = 8_500

/**
 * Ends a web process in order and in time. The framework stops listening and
 * then waits for every connection, also for those on which nothing happens, and
 * for those on which nothing ever will.
 */
export default class EndingProvider {
  /** Every connection, with the answers that it waits for. */
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
    /* The last registered comes first, so before the framework's own. */
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

  /** Those on which no request has come. */
  #closeQuietOnes() {
    for (const [socket, answers] of this.#open) {
      if (answers.size === 0) socket.destroy()
    }
  }
}
