/* The least that signs somebody in: node:http, a table of people and one of sessions. The floor. */
import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'
import { createPool } from 'mysql2/promise'
import { connection, KAKAO_ORIGIN, PORT } from './kakao.mjs'

const pool = createPool({ ...connection(), connectionLimit: 10 })
await pool.query(`CREATE TABLE users (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, kakao_id VARCHAR(64) NOT NULL UNIQUE, name VARCHAR(100))`)
await pool.query('CREATE TABLE sessions (id CHAR(43) PRIMARY KEY, user_id BIGINT NOT NULL)')
const token = () => randomBytes(32).toString('base64url')
const cookies = (request) =>
  Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=')))

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://site')
  const lead = (location, cookie) =>
    response.writeHead(302, { location, 'set-cookie': `${cookie}; HttpOnly; Path=/` }).end()

  if (url.pathname === '/auth/kakao') {
    const state = token()
    return lead(`${KAKAO_ORIGIN}/oauth/authorize?state=${state}`, `state=${state}`)
  }
  if (url.pathname === '/auth/kakao/callback') {
    if (cookies(request).state !== url.searchParams.get('state')) {
      return response.writeHead(400).end()
    }
    const tokens = await fetch(`${KAKAO_ORIGIN}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ code: url.searchParams.get('code') }),
    }).then((answer) => answer.json())
    const profile = await fetch(`${KAKAO_ORIGIN}/v2/user/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    }).then((answer) => answer.json())
    const [found] = await pool.query('SELECT id FROM users WHERE kakao_id = ?', [profile.id])
    const name = profile.kakao_account.profile.nickname
    const id =
      found[0]?.id ??
      (await pool.query('INSERT INTO users (kakao_id, name) VALUES (?, ?)', [profile.id, name]))[0]
        .insertId
    const session = token()
    await pool.query('INSERT INTO sessions VALUES (?, ?)', [session, id])
    return lead('/', `session=${session}`)
  }
  const [found] = await pool.query(
    'SELECT users.* FROM sessions JOIN users ON users.id = user_id WHERE sessions.id = ?',
    [cookies(request).session ?? '']
  )
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ user: found[0] ?? null }))
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'))
