import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as openid from 'openid-client'
import { aRequest, aSite, siteClient } from '#tests/support/sites/site'

interface Page {
  title: string
  links?: Record<string, string>
}

/**
 * Another site, on its own port, whose visitors sign in here: what its operator would
 * write with `openid-client`, for one visitor at a time.
 */
export class SiteServer {
  /** What it knows about its visitor, while one is signed in. */
  tokens: (openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers) | null = null
  /** How its visitors came back, and what it was told in case of an error. */
  readonly arrivals: string[] = []

  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error) => {
      this.#show(response, { title: `Failed: ${error}` }, 500)
    })
  })
  #config!: openid.Configuration
  #request?: Awaited<ReturnType<typeof aRequest>>

  /** @param more what else it asks for, in every request */
  private constructor(readonly more: Record<string, string>) {}

  /** A site that nobody has registered yet; `connect` gives it what it is registered with. */
  static async listen(more: Record<string, string> = {}) {
    const site = new SiteServer(more)
    site.#server.listen(0, '127.0.0.1')
    await once(site.#server, 'listening')
    return site
  }

  /** Puts the secret into its settings, as its operator would. */
  async connect(secret: string) {
    this.#config = await siteClient(secret)
  }

  static async start(more: Record<string, string> = {}) {
    const site = await SiteServer.listen(more)
    const secret = await aSite({
      redirectUris: [`${site.url}/callback`],
      postLogoutRedirectUris: [`${site.url}/left`],
    })
    await site.connect(secret)
    return site
  }

  get url() {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async stop() {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname, search } = new URL(request.url!, this.url)
    const redirect = (location: string) => response.writeHead(303, { location }).end()

    switch (pathname) {
      case '/login': {
        const parameters = { redirect_uri: `${this.url}/callback`, ...this.more }
        this.#request = await aRequest(this.#config, parameters)
        return redirect(this.#request.url.href)
      }
      case '/callback': {
        const sent = request.method === 'POST' ? `?${await text(request)}` : search
        this.arrivals.push(request.method!)
        this.tokens = await this.#request!.finish(`${this.url}/callback${sent}`)
        return redirect('/')
      }
      case '/refresh':
        this.tokens = await openid.refreshTokenGrant(this.#config, this.tokens!.refresh_token!)
        return redirect('/')
      case '/sign_out': {
        const parameters = {
          id_token_hint: this.tokens!.id_token!,
          post_logout_redirect_uri: `${this.url}/left`,
        }
        return redirect(openid.buildEndSessionUrl(this.#config, parameters).href)
      }
      case '/left':
        this.tokens = null
        return this.#show(response, { title: 'Left', links: { 'Sign in': '/login' } })
      case '/':
        return this.tokens
          ? this.#show(response, { title: 'Welcome', links: { 'Sign out': '/sign_out' } })
          : this.#show(response, { title: 'Shop', links: { 'Sign in': '/login' } })
      default:
        return this.#show(response, { title: 'Not found' }, 404)
    }
  }

  #show(response: ServerResponse, { title, links = {} }: Page, status = 200) {
    const anchors = Object.entries(links).map(([name, href]) => `<a href="${href}">${name}</a>`)
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    response.end(
      `<!doctype html><link rel="icon" href="data:,"><title>${title}</title><h1>${title}</h1>${anchors.join('')}`
    )
  }
}
