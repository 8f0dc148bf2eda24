import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Stands between a server and its store, and can cut it off. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>()
  readonly #deprived = new Set<Socket>()
  #server?: Server
  #mode: 'pass' | 'swallow' = 'pass'
  port = 0

  constructor(
    readonly targetPort: number,
    readonly targetHost = '127.0.0.1'
  ) {}

  async open() {
    this.#server = createServer((client) => this.#relay(client))
    await new Promise<void>((resolve) =>
      this.#server!.listen(this.port, '127.0.0.1', () => resolve())
    )
    this.port = (this.#server.address() as AddressInfo).port
  }

  /** As if the other end had ended: open connections are cut, new ones refused. */
  async refuse() {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.resetAndDestroy()
    await closed
    this.#server = undefined
  }

  /** As if the network swallowed everything: connections stay, and nothing comes back. */
  swallow() {
    this.#mode = 'swallow'
  }

  /** Restores service. Connections that lost data are cut, as the other end's kernel would. */
  async mend() {
    this.#mode = 'pass'
    for (const socket of this.#deprived) socket.resetAndDestroy()
    this.#deprived.clear()
    if (!this.#server) await this.open()
  }

  async close() {
    if (this.#server) await this.refuse()
  }

  #relay(client: Socket) {
    const target = connect(this.targetPort, this.targetHost)
    for (const [from, to] of [
      [client, target],
      [target, client],
    ]) {
      this.#sockets.add(from)
      from.on('data', (chunk) => {
        if (this.#mode === 'pass') to.write(chunk)
        else this.#deprived.add(from).add(to)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}
