import type { IncomingMessage, ServerResponse } from 'node:http'
import proxyAddr from 'proxy-addr'
import env from '#start/env'
import { defineConfig } from '@adonisjs/core/http'
import { clientAddress } from '#limits/client_address'
import { COOKIE_OPTIONS } from '#auth/cookies'

/** This site's only origin; never taken from a request. */
export const appUrl = env.get('APP_URL')

const trustProxy = proxyAddr.compile(env.get('TRUST_PROXY'))

export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: false,
  useAsyncLocalStorage: false,
  /* Proxies whose X-Forwarded-* headers are believed; none by default. */
  trustProxy,
  getIp: ({ request }) => clientAddress(request, trustProxy),
  /* An invalid URL never gets as far as the middleware. */
  async onBadUrl(_request: IncomingMessage, response: ServerResponse) {
    const { securityHeaders } = await import('#middleware/security_headers_middleware')
    response.writeHead(400, { ...securityHeaders(), 'Content-Type': 'text/plain' })
    response.end('Bad Request')
  },
  cookie: {
    ...COOKIE_OPTIONS,
    domain: '',
    maxAge: '2h',
  },
})
