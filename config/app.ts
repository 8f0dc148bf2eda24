import proxyAddr from 'proxy-addr'
import env from '#start/env'
import { defineConfig } from '@adonisjs/core/http'

/** The one origin of this site; never taken from a request. */
export const appUrl = env.get('APP_URL')

/** Whether visitors reach the site over https, and cookies may say so. */
export const isHttps = appUrl.startsWith('https://')

/*
 * TRUST_PROXY: comma-separated addresses or ranges of proxies whose
 * X-Forwarded-* headers are believed. Empty: none is.
 */
const trustedProxies = env
  .get('TRUST_PROXY')
  .split(',')
  .map((address) => address.trim())
  .filter(Boolean)

export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: false,
  useAsyncLocalStorage: false,
  trustProxy: proxyAddr.compile(trustedProxies),
  cookie: {
    domain: '',
    path: '/',
    maxAge: '2h',
    httpOnly: true,
    secure: isHttps,
    sameSite: 'lax',
  },
})
