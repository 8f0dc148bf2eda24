import express from 'express'
import { auth } from 'express-openid-connect'
import session from 'express-session'
import { daemun } from './daemun.mjs'

const app = express()
const port = process.env.PORT ?? 8080

/* A reverse proxy on this machine says by which name and scheme the visitor came. */
app.set('trust proxy', 'loopback')

/*
 * Adds /login, /logout and /callback, and /backchannel-logout for what Daemun says of
 * sign-ins that have ended. That is kept in memory here: give several processes a store
 * that they share, such as connect-redis.
 */
app.use(auth({ ...daemun, backchannelLogout: { store: new session.MemoryStore() } }))

app.get('/', (req, res) => {
  res.send(
    req.oidc.isAuthenticated()
      ? page(`<pre id="claims">${escaped(JSON.stringify(req.oidc.user, null, 2))}</pre>
        <a href="/logout">로그아웃</a>`)
      : page('<a href="/login">로그인</a>')
  )
})

app.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))

function page(body) {
  return `<!doctype html><html lang="ko"><title>Express</title><h1>Express</h1>${body}</html>`
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
