/*
 * A whole site whose visitors sign in through Daemun, with Express and openid-client.
 * `npm start` serves it beside Daemun. To begin a site of your own, copy this file,
 *
 *   npm install express express-session jose openid-client
 *
 * and run it with these in the environment (docs/connect.md says where they come from):
 *
 *   ISSUER=https://login.example.com CLIENT_ID=shop CLIENT_SECRET=…
 *   SITE_URL=https://shop.example.com PORT=8080
 */
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import express from 'express'
import session from 'express-session'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openid from 'openid-client'

const { CLIENT_ID, CLIENT_SECRET } = process.env
const ISSUER = process.env.ISSUER ?? 'http://localhost:3333'
const PORT = Number(process.env.PORT ?? 3334)
const SITE_URL = process.env.SITE_URL ?? `http://127.0.0.1:${PORT}`

/* Both are registered at Daemun, to the letter. */
const AFTER_SIGN_IN = `${SITE_URL}/callback`
const AFTER_SIGN_OUT = `${SITE_URL}/`

let discovery

/**
 * What Daemun says of itself at /.well-known/openid-configuration: its addresses and keys.
 * Asked for once, when it is needed. A failure is not kept, so either may start first.
 */
function daemun() {
  /* openid-client wants https. Plain http is for trying things out on one machine. */
  const execute = ISSUER.startsWith('http:') ? [openid.allowInsecureRequests] : []
  discovery ??= openid
    .discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, { execute })
    .catch((error) => {
      discovery = undefined
      throw error
    })
  return discovery
}

const app = express()

app.disable('x-powered-by')

/* A reverse proxy on this machine may say that the visitor came by https. */
app.set('trust proxy', 'loopback')

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  /* Signing out begins with a form here and goes on at Daemun. */
  `form-action 'self' ${new URL(ISSUER).origin}`,
]

app.use((_req, res, next) => {
  res.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': POLICY.join('; '),
    'X-Content-Type-Options': 'nosniff',
  })
  next()
})

app.get('/style.css', (_req, res) => res.type('css').send(STYLE))

app.use(
  session({
    /* Browsers send a cookie to every port of a host, so each site needs a name of its own. */
    name: `site-${PORT}`,
    /* Made afresh and kept in memory, so a restart signs everybody out: give yours a store. */
    secret: process.env.SESSION_SECRET ?? randomBytes(32).toString('base64url'),
    resave: false,
    saveUninitialized: false,
    cookie: {
      httpOnly: true,
      secure: SITE_URL.startsWith('https:'),
      /* No other site can post our forms. "strict" would be missing on the way back. */
      sameSite: 'lax',
    },
  })
)

/* Sign-ins that have ended at Daemun, with the second in which they did. */
const ended = new Map()

/**
 * Daemun says here, from server to server, that a sign-in is over: this address is
 * registered there as the one for sign-outs. The token says whose, and in which session.
 */
app.post('/backchannel_logout', express.urlencoded({ extended: false }), async (req, res) => {
  const { issuer, jwks_uri: keys } = (await daemun()).serverMetadata()
  keysOfDaemun ??= createRemoteJWKSet(new URL(keys))
  const rules = {
    issuer,
    audience: CLIENT_ID,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'events'],
  }
  const token = await jwtVerify(String(req.body?.logout_token), keysOfDaemun, rules).catch(
    () => null
  )
  if (!token) return res.sendStatus(400)
  const { sid, sub, iat } = token.payload
  ended.set(sid ?? sub, iat)
  /* Longer than any session here lasts. */
  setTimeout(() => ended.delete(sid ?? sub), 24 * 60 * 60 * 1_000).unref()
  res.sendStatus(204)
})

let keysOfDaemun

app.use(async (req, res, next) => {
  const { sid, sub, iat } = req.session.member?.claims ?? {}
  if (ended.has(sid) || ended.get(sub) >= iat) {
    await renewSession(req)
    req.session.notice = 'session_ended'
  }
  next()
})

app.get('/', (req, res) => {
  const { member, notice } = req.session
  delete req.session.notice
  const language = req.acceptsLanguages('ko', 'en') || 'en'
  res.vary('Accept-Language')
  res.send(page(language, notice, member))
})

/** To Daemun. With `?provider=kakao`, past its sign-in page and straight to Kakao. */
app.get('/sign-in', async (req, res) => {
  const config = await daemun()
  const trip = {
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    verifier: openid.randomPKCECodeVerifier(),
  }
  /* A list, so that two tabs do not disturb each other. */
  req.session.trips = [...(req.session.trips ?? []), trip].slice(-5)

  const { provider } = req.query
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: AFTER_SIGN_IN,
    scope: 'openid profile email',
    state: trip.state,
    nonce: trip.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(trip.verifier),
    code_challenge_method: 'S256',
    ...(typeof provider === 'string' && { provider }),
  })
  res.redirect(url.href)
})

/** Back from Daemun, with a code or with an error. */
app.get('/callback', async (req, res) => {
  /* Built from what is registered: the Host header is whatever the request says. */
  const address = new URL(req.originalUrl, SITE_URL)
  const trips = req.session.trips ?? []
  const trip = trips.find(({ state }) => state === address.searchParams.get('state'))
  /* Reloaded, or another tab was quicker: fine, if somebody is signed in by now. */
  if (!trip) return goHome(req, res, req.session.member ? undefined : 'unknown_trip')
  req.session.trips = trips.filter((other) => other !== trip)

  /* Checks state, issuer, nonce and the ID token's signature, and proves the PKCE verifier. */
  const tokens = await openid.authorizationCodeGrant(await daemun(), address, {
    expectedState: trip.state,
    expectedNonce: trip.nonce,
    pkceCodeVerifier: trip.verifier,
    idTokenExpected: true,
  })
  const member = await memberOf(tokens, tokens.claims())

  /* A new session id: one that somebody planted before the sign-in is worth nothing now. */
  await renewSession(req)
  req.session.member = member
  res.redirect('/')
})

/** Asks again who this is; Daemun refuses when the member's session there has ended. */
app.post('/refresh', async (req, res) => {
  const { member } = req.session
  if (!member) return goHome(req, res)
  try {
    const tokens = await refreshed(member.refreshToken)
    req.session.member = await memberOf(tokens, member.claims)
  } catch (error) {
    if (error.error !== 'invalid_grant') throw error
    await renewSession(req)
    return goHome(req, res, 'session_ended')
  }
  goHome(req, res, 'refreshed')
})

/** Signs out here and at Daemun, which leads the visitor back. */
app.post('/sign-out', async (req, res) => {
  const { member } = req.session
  await renewSession(req)
  if (!member) return goHome(req, res)
  req.session.notice = 'signed_out'
  const url = openid.buildEndSessionUrl(await daemun(), {
    id_token_hint: member.idToken,
    post_logout_redirect_uri: AFTER_SIGN_OUT,
  })
  res.redirect(303, url.href)
})

/* Express needs all four parameters to know this for its error handler. */
app.use((error, req, res, _next) => {
  /* The path alone: the query may hold a code. */
  console.error(`${req.method} ${req.path}: ${error.code ?? ''} ${error.message}`)
  const isUnreachable = error.message === 'fetch failed' || error.code === 'OAUTH_TIMEOUT'
  goHome(req, res, isUnreachable ? 'unreachable' : (error.error ?? 'failed'))
})

/* Loopback only: what visitors reach is the reverse proxy in front of it. */
app.listen(PORT, '127.0.0.1', (error) => {
  if (error) throw error
  console.log(`The example site is at ${SITE_URL}`)
})

/** Shows the first page with a word of what happened. */
function goHome(req, res, notice) {
  if (notice) req.session.notice = notice
  res.redirect(303, '/')
}

/** What the session keeps of a member. The tokens stay on this server. */
async function memberOf(tokens, known) {
  const userInfo = await openid.fetchUserInfo(await daemun(), tokens.access_token, known.sub)
  return {
    claims: { ...known, ...tokens.claims(), ...userInfo },
    idToken: tokens.id_token,
    refreshToken: tokens.refresh_token,
    until: Date.now() + tokens.expires_in * 1_000,
  }
}

const refreshes = new Map()

/**
 * A refresh token is good once, and a second use ends the whole sign-in, as if it had been
 * stolen. So two requests with the same one, such as a double click, share one answer.
 */
function refreshed(token) {
  if (!refreshes.has(token)) {
    refreshes.set(
      token,
      daemun().then((config) => openid.refreshTokenGrant(config, token))
    )
    setTimeout(() => refreshes.delete(token), 10_000).unref()
  }
  return refreshes.get(token)
}

function renewSession({ session: present }) {
  return promisify(present.regenerate).call(present)
}

/* From here on: how it looks. */

class Markup {
  constructor(text) {
    this.toString = () => text
  }
}

function page(language, notice, member) {
  const t = TEXTS[language]
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${t.site}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <div class="moon" aria-hidden="true"></div>
          <p class="site">${t.site}</p>
          <p>${t.about}</p>
        </header>
        <main>${notice && noticeOf(t, notice)} ${member ? welcome(t, member) : signIn(t)}</main>
        <footer><a href="${ISSUER}">${t.daemun}</a></footer>
      </body>
    </html>`.toString()
}

/* These are news; anything else is something that went wrong. */
const NEWS = ['refreshed', 'signed_out']

function noticeOf(t, notice) {
  /* A code that we have no words for is shown as it came. */
  const text = t.notices[notice] ?? html`${t.notices.failed} <code>${notice}</code>`
  if (NEWS.includes(notice)) return html`<p class="notice" role="status">${text}</p>`
  return html`<p class="notice notice--error" role="alert">${text}</p>`
}

function signIn(t) {
  return html`
    <h1>${t.welcome}</h1>
    <p>${t.how}</p>
    <nav>
      <a class="button kakao" href="/sign-in?provider=kakao">${SYMBOLS.kakao} ${t.kakao}</a>
      <a class="button naver" href="/sign-in?provider=naver">${SYMBOLS.naver} ${t.naver}</a>
      <a class="button" href="/sign-in">${t.email}</a>
    </nav>
  `
}

function welcome(t, { claims, until }) {
  const minutes = Math.max(0, Math.round((until - Date.now()) / 60_000))
  const facts = [
    [t.name, claims.name],
    [t.address, claims.email],
    [t.method, claims.amr?.join(', ')],
    [t.id, claims.sub],
    [t.until, html`<time datetime="${new Date(until).toISOString()}">${t.minutes(minutes)}</time>`],
  ].filter(([, value]) => value)
  return html`
    <h1>${t.hello(claims.name)}</h1>
    <p>${t.told}</p>
    <dl>
      ${facts.map(
        ([what, value]) =>
          html`<dt>${what}</dt>
            <dd>${value}</dd>`
      )}
    </dl>
    <details>
      <summary>${t.claims}</summary>
      <pre>${JSON.stringify(claims, null, 2)}</pre>
    </details>
    <form method="post" action="/refresh">
      <p>${t.refresh_hint}</p>
      <button class="button">${t.refresh}</button>
    </form>
    <form method="post" action="/sign-out">
      <button class="button button--main">${t.sign_out}</button>
    </form>
  `
}

/** A template whose values cannot become markup, unless they are such templates themselves. */
function html(parts, ...values) {
  return new Markup(String.raw({ raw: parts }, ...values.map(escaped)))
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(value) {
  if (value instanceof Markup) return value
  if (Array.isArray(value)) return value.map(escaped).join('')
  return String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character])
}

const TEXTS = {
  ko: {
    site: '달빛서점',
    about: '다른 사이트를 통해 로그인하는 예시 사이트',
    daemun: '로그인 사이트로 가기',
    welcome: '어서 오세요',
    how: '이 사이트에는 비밀번호가 없습니다. 로그인 사이트가 누구인지 확인하고 여기로 다시 보내 줍니다.',
    kakao: '카카오 로그인',
    naver: '네이버 로그인',
    email: '이메일로 로그인',
    hello: (name) => (name ? `${name} 님, 안녕하세요` : '안녕하세요'),
    told: '로그인 사이트가 이 사이트에 알려 준 내용입니다.',
    name: '이름',
    address: '이메일',
    method: '로그인 방법',
    id: '회원 번호',
    until: '토큰 만료',
    minutes: (left) => `${left}분 뒤`,
    claims: '받은 정보 모두 보기',
    refresh: '다시 확인하기',
    refresh_hint:
      '새 토큰을 받습니다. 그 사이 로그인 사이트에서 로그아웃했다면 여기서도 로그아웃됩니다.',
    sign_out: '로그아웃',
    notices: {
      refreshed: '새 토큰을 받았습니다.',
      signed_out: '로그아웃했습니다.',
      session_ended:
        '로그인 사이트에서 로그아웃되어 여기서도 로그아웃했습니다. 다시 로그인해 주세요.',
      unknown_trip: '이미 끝났거나 오래된 로그인입니다. 다시 시작해 주세요.',
      unreachable: '로그인 사이트에 연결할 수 없습니다. 잠시 뒤에 다시 시도해 주세요.',
      access_denied: '로그인을 취소했습니다.',
      invalid_client:
        '로그인 사이트가 이 사이트를 받아들이지 않습니다. 아이디와 비밀 값을 확인해 주세요.',
      failed: '로그인하지 못했습니다. 다시 시도해 주세요.',
    },
  },
  en: {
    site: 'Moonlight Books',
    about: 'An example of a site that signs in through another',
    daemun: 'Go to the sign-in site',
    welcome: 'Welcome',
    how: 'There are no passwords here. The sign-in site finds out who you are and sends you back.',
    kakao: 'Login with Kakao',
    naver: 'Log in with Naver',
    email: 'Sign in with e-mail',
    hello: (name) => (name ? `Hello, ${name}` : 'Hello'),
    told: 'This is what the sign-in site has told this site.',
    name: 'Name',
    address: 'E-mail',
    method: 'Signed in by',
    id: 'Member',
    until: 'Token ends',
    minutes: (left) => `in ${left} min`,
    claims: 'All that was received',
    refresh: 'Check again',
    refresh_hint: 'Gets a new token. If you have signed out there since, you are signed out here.',
    sign_out: 'Sign out',
    notices: {
      refreshed: 'There is a new token.',
      signed_out: 'You are signed out.',
      session_ended:
        'Your session at the sign-in site has ended, so this one has too. Sign in again.',
      unknown_trip: 'This sign-in is over or too old. Please start again.',
      unreachable: 'The sign-in site cannot be reached. Please try again in a moment.',
      access_denied: 'The sign-in was cancelled.',
      invalid_client: 'The sign-in site does not accept this site. Check its id and secret.',
      failed: 'The sign-in did not work. Please try again.',
    },
  },
}

/* As the brands' guides have them. */
const SYMBOLS = {
  kakao: html`<svg viewBox="2.25 2.6 19.5 19.5" aria-hidden="true">
    <path
      d="M12 18.75c-.591 0-1.1697-.0413-1.7317-.1209-.5626.3965-3.813 2.6797-4.1198 2.7225
        0 0-.1258.0489-.2328-.0141s-.0876-.2282-.0876-.2282c.0322-.2198.8426-3.0183.992-3.5333
        -2.7452-1.36-4.5701-3.7686-4.5701-6.5135C2.25 6.8168 6.6152 3.375 12 3.375
        s9.75 3.4418 9.75 7.6875c0 4.2457-4.3652 7.6875-9.75 7.6875z"
    />
  </svg>`,
  naver: html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path d="M16.273 12.845 7.376 0H0v24h7.726V11.156L16.624 24H24V0h-7.727z" />
  </svg>`,
}

const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f4ee, #12141c);
  --card: light-dark(#fff, #1c1f2b);
  --ink: light-dark(#23252e, #eceaf2);
  --soft: light-dark(#5c5f6b, #a9abb9);
  --line: light-dark(#dcd8cc, #343848);
  --accent: light-dark(#3d3a78, #b9b4f5);
  --on-accent: light-dark(#fff, #17162c);
  --news: light-dark(#e6eee4, #21342a);
  --error: light-dark(#f9e4df, #46231f);
  font: 100%/1.6 system-ui, 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif;
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); word-break: keep-all; overflow-wrap: anywhere; }
header {
  padding: 2.5rem 1rem 6rem;
  background: linear-gradient(#1b1a3a, #4b4688);
  color: #f4f1ff;
  text-align: center;
}
.moon {
  width: 3.5rem;
  height: 3.5rem;
  margin: 0 auto 0.75rem;
  border-radius: 50%;
  box-shadow: inset -0.9rem -0.4rem 0 #f7e7b0;
}
.site { font-size: 1.75rem; font-weight: 700; letter-spacing: -0.02em; }
main {
  width: min(30rem, 100% - 2rem);
  margin: -4rem auto 0;
  padding: 1.5rem;
  border: 1px solid var(--line);
  border-radius: 1rem;
  background: var(--card);
}
main > * + * { margin-top: 1rem; }
h1 { font-size: 1.375rem; line-height: 1.3; }
h1 + p, form p, dt, summary, footer { color: var(--soft); }
form p { margin-bottom: 0.5rem; font-size: 0.875rem; }
nav { display: grid; gap: 0.75rem; }
.button {
  display: flex;
  gap: 0.5rem;
  align-items: center;
  justify-content: center;
  width: 100%;
  min-height: 3rem;
  padding: 0.5rem 1rem;
  border: 1px solid var(--soft);
  border-radius: 0.75rem;
  background: none;
  color: inherit;
  font: inherit;
  font-size: 1.0625rem;
  font-weight: 700;
  text-decoration: none;
  cursor: pointer;
}
.button:hover { box-shadow: inset 0 0 0 4rem #00000014; }
.button--main { border-color: transparent; background: var(--accent); color: var(--on-accent); }
.kakao { border-color: transparent; background: #fee500; color: #000000d9; }
.naver { border-color: transparent; background: #03a94d; color: #fff; font-size: 1.1875rem; }
svg { width: 1.125rem; height: 1.125rem; fill: currentcolor; }
a:focus-visible, button:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.notice { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--news); }
.notice--error { background: var(--error); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.5rem 1.25rem; }
dd { min-width: 0; }
summary { padding: 0.5rem 0; cursor: pointer; }
pre {
  padding: 0.75rem;
  border-radius: 0.5rem;
  background: var(--paper);
  font-size: 0.8125rem;
  white-space: pre-wrap;
}
footer { padding: 1.5rem 1rem; text-align: center; }
footer a { display: inline-block; padding: 0.75rem; color: inherit; }
`
