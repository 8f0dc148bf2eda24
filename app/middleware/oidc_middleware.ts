import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import UnattendedMiddleware from '#middleware/unattended_middleware'
import { appUrl } from '#config/app'
import { count } from '#limits/count'

/* `/oidc/interaction/…` and signing out are our own pages. */
const ITS_OWN = /^\/(\.well-known\/openid-configuration$|oidc\/(?!interaction\/|session\/))/

/* What a person's browser opens; the rest is for machines. */
const FOR_PEOPLE = /^\/oidc\/auth/

/**
 * Hands requests from sites to the library as Node received them: it reads bodies itself,
 * and none of our forms post there.
 */
export default class OidcMiddleware {
  handle(ctx: HttpContext, next: NextFn) {
    if (!ITS_OWN.test(ctx.request.url())) return next()
    if (!FOR_PEOPLE.test(ctx.request.url())) return this.#handOver(ctx)
    return new UnattendedMiddleware().handle(ctx, async () => {
      await count(ctx, 'oidc_start')
      return this.#handOver(ctx)
    })
  }

  async #handOver(ctx: HttpContext) {
    /* Not at the top: most requests, and every command, do without the library. */
    const [{ oidcProvider, presentOidcProvider }, { withRequest }] = await Promise.all([
      import('#oidc/provider'),
      import('#oidc/request'),
    ])
    const signs = !FOR_PEOPLE.test(ctx.request.url())
    const provider = await (signs ? oidcProvider() : presentOidcProvider())
    const { request } = ctx.request
    const { response } = ctx.response
    for (const [name, value] of Object.entries(ctx.response.getHeaders())) {
      if (value !== undefined) response.setHeader(name, value)
    }
    /* Addresses are ours, whatever the request and proxies say. */
    const { host, protocol } = new URL(appUrl)
    for (const name of Object.keys(request.headers)) {
      if (name.startsWith('x-forwarded-') || name === 'forwarded') delete request.headers[name]
    }
    request.headers.host = host
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    await withRequest(ctx, () => provider.callback()(request, response))
  }
}
