import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/* Signed by itself, for nobody: no client trusts it. */
const CERTIFICATE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPr8nkEqKaqwKJRnL
66b71y77/YX8Bs1WzeQCRiC19+ahRANCAATgVMuwXhMyeqDGwis81f+kMiU+2Ruj
JyoZlm36z4ef1cyuqm/JJoiZdIK/Tz7uB5+tNkfUoqMawkczv0HaWk64
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUZsowKcLt4IYTAflgxlOL8A0htHwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTE4MjA0N1oYDzIxMjYxMTA1
MTgyMDQ3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATgVMuwXhMyeqDGwis81f+kMiU+2RujJyoZlm36z4ef1cyuqm/JJoiZ
dIK/Tz7uB5+tNkfUoqMawkczv0HaWk64o28wbTAdBgNVHQ4EFgQUs+Lxk5ms2QCK
/npWDMTPO0ZCBOQwHwYDVR0jBBgwFoAUs+Lxk5ms2QCK/npWDMTPO0ZCBOQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAOAZmOCOEv5amg7ID28PA6/6ACcuZL+MIYJTgz8AuKgSAiB8
7rI8JLmODfi/eIE3WZvAOFl8lhjVOZ4q7IV32v33jg==
-----END CERTIFICATE-----`,
}

export interface Told {
  path: string
  headers: Record<string, string>
  body: string
}

/** A status; or what a site that is broken or hostile does instead. */
export type Answer = number | 'hang' | 'flood' | 'break' | { redirect: string }

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x')
const FLOOD = 64

/** A site on its own port that is told of sign-outs and events. */
export class ToldSite {
  /** What it was told, whatever it answered. */
  readonly told: Told[] = []
  /** How it answers; told apart by what it was told, where that is a function. */
  answer: Answer | ((told: Told) => Answer | Promise<Answer>) = 204
  /** How many megabytes of a flood it got rid of. */
  flooded = 0

  readonly #server

  private constructor(readonly scheme: 'http' | 'https') {
    const listener: RequestListener = async (request, response) => {
      const body = await text(request)
      const headers = request.headers as Record<string, string>
      const told = { path: request.url!, headers, body }
      this.told.push(told)
      const answer = typeof this.answer === 'function' ? await this.answer(told) : this.answer
      if (answer === 'hang') return
      if (answer === 'break') return request.socket.destroy()
      if (answer === 'flood') return this.#flood(response)
      if (typeof answer === 'number') return response.writeHead(answer).end()
      response.writeHead(307, { location: answer.redirect }).end()
    }
    this.#server =
      scheme === 'https' ? createTlsServer(CERTIFICATE, listener) : createServer(listener)
  }

  static async start(scheme: 'http' | 'https' = 'http') {
    const site = new ToldSite(scheme)
    await site.listen(0)
    return site
  }

  get port() {
    return (this.#server.address() as AddressInfo).port
  }

  get url() {
    return `${this.scheme}://localhost:${this.port}`
  }

  /** Comes back, at the port where it was. */
  async listen(port: number) {
    this.#server.listen(port)
    await once(this.#server, 'listening')
  }

  async stop() {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #flood(response: Parameters<RequestListener>[1]) {
    response.writeHead(200)
    const more = () => {
      while (this.flooded < FLOOD && !response.destroyed) {
        this.flooded++
        if (!response.write(MEGABYTE)) return response.once('drain', more)
      }
      response.end()
    }
    more()
  }
}
