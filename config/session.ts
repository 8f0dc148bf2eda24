import env from '#start/env'
import { isHttps } from '#config/app'
import { defineConfig, stores } from '@adonisjs/session'

/*
 * The framework's session holds the CSRF secret and flash messages, nothing
 * else: who is signed in is in `user_sessions`, under a cookie of its own
 * (docs/decisions/0002-sign-in-cookie.md).
 */
const sessionConfig = defineConfig({
  enabled: true,
  cookieName: isHttps ? '__Host-daemun-form' : 'daemun-form',
  clearWithBrowser: true,
  age: '1d',
  cookie: { path: '/', httpOnly: true, secure: isHttps, sameSite: 'lax' },
  store: env.get('SESSION_DRIVER'),
  stores: {
    cookie: stores.cookie(),
    database: stores.database({ tableName: 'sessions' }),
    redis: stores.redis({ connection: 'main' }),
  },
})

export default sessionConfig
