/* Express and Passport with sessions in MySQL, the set-up of most tutorials. */
import express from 'express'
import session from 'express-session'
import mysqlSession from 'express-mysql-session'
import passport from 'passport'
import { createPool } from 'mysql2/promise'
import { Strategy } from 'passport-oauth2'
import { connection, KAKAO_ORIGIN, origin, pages, PORT, withPages } from './kakao.mjs'

const pool = createPool({ ...connection(), connectionLimit: 10 })
await pool.query(`CREATE TABLE users (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, kakao_id VARCHAR(64) NOT NULL UNIQUE,
  name VARCHAR(100), email VARCHAR(254))`)

class Kakao extends Strategy {
  userProfile(accessToken, done) {
    fetch(`${KAKAO_ORIGIN}/v2/user/me`, { headers: { authorization: `Bearer ${accessToken}` } })
      .then((response) => response.json())
      .then((profile) => done(null, profile), done)
  }
}
passport.use(
  'kakao',
  new Kakao(
    {
      authorizationURL: `${KAKAO_ORIGIN}/oauth/authorize`,
      tokenURL: `${KAKAO_ORIGIN}/oauth/token`,
      clientID: 'id',
      clientSecret: 'secret',
      callbackURL: `${origin}/auth/kakao/callback`,
      state: true,
      pkce: true,
    },
    async (access, refresh, profile, done) => {
      try {
        const [found] = await pool.query('SELECT * FROM users WHERE kakao_id = ?', [profile.id])
        if (found[0]) return done(null, found[0])
        const { email, profile: shown } = profile.kakao_account
        const [made] = await pool.query(
          'INSERT INTO users (kakao_id, name, email) VALUES (?, ?, ?)',
          [profile.id, shown.nickname, email]
        )
        done(null, { id: made.insertId, name: shown.nickname, email })
      } catch (error) {
        done(error)
      }
    }
  )
)
passport.serializeUser((user, done) => done(null, user.id))
passport.deserializeUser(async (id, done) => {
  const [[user]] = await pool.query('SELECT * FROM users WHERE id = ?', [id])
  done(null, user ?? false)
})

const app = express()
const MySQLStore = mysqlSession(session)
app.use(
  session({
    secret: 'benchmark-secret',
    resave: false,
    saveUninitialized: false,
    store: new MySQLStore({}, pool),
  })
)
app.use(passport.session())
const views = withPages ? await pages() : null
if (views) app.get('/login', async (request, response) => response.send(await views.signIn('none')))
app.get('/auth/kakao', passport.authenticate('kakao'))
app.get('/auth/kakao/callback', passport.authenticate('kakao', { successRedirect: '/' }))
app.get('/', async (request, response) => {
  if (views) response.send(await views.home(request.user ?? null))
  else response.json({ user: request.user ?? null })
})
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'))
