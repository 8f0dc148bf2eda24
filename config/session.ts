import env from '#start/env'
import { COOKIE_OPTIONS, cookieName } from '#auth/cookies'
import { FormCookieStore } from '#auth/form_cookie_store'
import { forMembers } from '#auth/members_form_store'
import { defineConfig, stores } from '@adonisjs/session'

/*
 * The framework's session holds the CSRF secret and flash messages and nothing else. Who
 * is signed in is stored in `user_sessions`, under a cookie of its own
 * (docs/decisions/0002-sign-in-cookie.md).
 */
const sessionConfig = defineConfig({
  enabled: true,
  cookieName: cookieName('form'),
  clearWithBrowser: true,
  age: '1d',
  cookie: COOKIE_OPTIONS,
  store: env.get('SESSION_DRIVER'),
  stores: {
    cookie: (ctx) => new FormCookieStore(ctx),
    database: forMembers(stores.database({ tableName: 'sessions' })),
    redis: forMembers(stores.redis({ connection: 'main' })),
  },
})

export default sessionConfig
