/* better-auth with its own Kakao provider, as its documentation sets it up. */
import { createServer } from 'node:http'
import { createPool } from 'mysql2/promise'
import { betterAuth } from 'better-auth'
import { toNodeHandler, fromNodeHeaders } from 'better-auth/node'
import { getMigrations } from 'better-auth/db/migration'
import { connection, KAKAO_ORIGIN, origin, pages, PORT, withPages } from './kakao.mjs'

/* Its Kakao addresses cannot be configured. */
const { fetch } = globalThis
globalThis.fetch = (input, init) =>
  fetch(
    typeof input === 'string' || input instanceof URL
      ? String(input).replace(/^https:\/\/(kauth|kapi)\.kakao\.com/, KAKAO_ORIGIN)
      : input,
    init
  )

const options = {
  baseURL: origin,
  secret: 'benchmark-secret-of-32-characters.',
  database: createPool({ ...connection(), connectionLimit: 10 }),
  socialProviders: { kakao: { clientId: 'id', clientSecret: 'secret' } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
}
const { runMigrations } = await getMigrations(options)
await runMigrations()

const auth = betterAuth(options)
const handle = toNodeHandler(auth)
const views = withPages ? await pages() : null

createServer(async (request, response) => {
  if (!views || request.url.startsWith('/api/auth')) return handle(request, response)
  const html = async (text) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await text)
  }
  if (request.url === '/login') return html(views.signIn('none'))
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
  return html(views.home(session?.user ?? null))
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'))
