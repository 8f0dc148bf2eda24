import { ExpressAuth, getSession } from '@auth/express'
import express from 'express'
import { authConfig } from './auth.config.mjs'

const app = express()
const port = process.env.PORT ?? 8080

/* A reverse proxy on this machine says by which name and scheme the visitor came. */
app.set('trust proxy', 'loopback')

/* An expression with a group: Auth.js finds out by it where it begins. */
app.use(/^\/api\/auth\/(.*)$/, ExpressAuth(authConfig))

app.get('/', async (req, res) => {
  const session = await getSession(req, authConfig)
  res.send(
    session
      ? page(`<pre id="claims">${escaped(JSON.stringify(session.user, null, 2))}</pre>
        <a href="/api/auth/signout">로그아웃</a>`)
      : page('<a href="/api/auth/signin">로그인</a>')
  )
})

app.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))

function page(body) {
  return `<!doctype html><html lang="ko"><title>Auth.js</title><h1>Auth.js</h1>${body}</html>`
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
