import { test } from '@japa/runner'
import router from '@adonisjs/core/services/router'
import { cookieName } from '#auth/cookies'
import { hashToken, randomToken } from '#crypto/random_token'
import { appUrl } from '#config/app'
import { now } from '#time/clock'
import Article from '#models/article'
import OutgoingMail from '#models/outgoing_mail'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import { linkTo } from '#tests/support/people/member'
import { emptyDatabase } from '#tests/support/database'
import { multiplyLimits } from '#tests/support/limits'
import { rawRequest, type RawRequest } from '#tests/support/raw_request'
import { seededRandom } from '#tests/support/random'
import { sizes } from '#tests/support/sizes'
import { DRIVER_NAMES, makeProvider, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const SEED = Number(process.env.TEST_SEED ?? 20_261_123)

/** How many requests one site gets before it is set up anew. */
const REQUESTS_OF_A_SITE = 250

/** Fields that some form or address here knows. */
const FIELDS = [
  ...['_csrf', 'next', 'email', 'password', 'passwordConfirmation', 'name', 'code', 'state'],
  ...['error', 'intent', 'parent', 'remember', 'title', 'body', 'page', 'after', 'before', 'q'],
  ...['key', 'driver', 'label', 'clientId', 'clientSecret', 'adminKey', 'grace', 'version'],
  ...['requiredFields', 'emailPolicy', 'scopes', 'position', 'hidden', 'allowSignUp', 'role'],
  ...[
    'failure',
    'provider',
    'attempt',
    'unchanged',
    'recoveryCode',
    'order',
    'ids',
    'file',
    'passphrase',
    'from',
  ],
]

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']

/** What is typed into these is looked for in everything that the site gives away. */
const SECRET_FIELDS = /secret|password|passphrase|adminKey/i

type Random = () => number
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]

/** Text that people, scanners and broken programs send. */
const VALUES: ((random: Random) => string)[] = [
  () => '',
  () => '0',
  () => '-1',
  () => '9'.repeat(30),
  () => 'NaN',
  () => 'null',
  () => 'true',
  () => '김민준 🙂 \u202eevil\u202c',
  () => 'a'.repeat(10_000),
  () => '가'.repeat(5_000),
  () => '%00',
  () => '%ff%fe%c0%af',
  () => '%F0%9F%92%A9%ED%A0%80',
  () => `'; DROP TABLE users; --`,
  () => `<script>alert(1)</script>`,
  () => '{{ 7 * 7 }} ${7*7} @inject @if(true)',
  () => '../../../../etc/passwd',
  () => '//evil.example/%2e%2e',
  () => '/\\evil.example',
  () => 'javascript:alert(1)',
  () => 'minjun@example.com',
  () => 'a@b.c,d@e.f\r\nBcc: g@h.i',
  () => '2026-02-30T25:61:00Z',
  () => '__proto__',
  () => 'constructor',
  () => 'a long enough password',
  (random) => Buffer.from(Array.from({ length: 40 }, () => random() * 256)).toString('latin1'),
  (random) => String(random()),
  (random) => 'A'.repeat(Math.floor(random() * 44)),
]

/** How a field can be called: by itself, as a list, as an object, as a prototype. */
const SHAPES = [
  (field: string) => field,
  (field: string) => field,
  (field: string) => field,
  (field: string) => `${field}[]`,
  (field: string) => `${field}[a][b]`,
  (field: string) => `${field}[__proto__][x]`,
  (field: string) => `__proto__[${field}]`,
]

/** A person at a browser; `null`: nobody signed in. */
interface Caller {
  visitor: Visitor
  csrf: string
}

/** Every address that exists, and the ids that mean something in them. */
interface Site {
  callers: Caller[]
  ids: string[]
}

const encoded = (value: string) =>
  /^(%[0-9a-fA-F]{2})+$/.test(value) ? value : encodeURIComponent(value.toWellFormed())

function fields(random: Random, caller: Caller): string {
  const pairs: string[] = []
  if (random() < 0.85) pairs.push(`_csrf=${encodeURIComponent(caller.csrf)}`)
  for (let count = Math.floor(random() * 9); count > 0; count--) {
    const name = pick(random, SHAPES)(pick(random, FIELDS))
    const value = pick(random, VALUES)(random)
    /* A secret is nobody's name or address as well. */
    const suffix = SECRET_FIELDS.test(name) && value ? random() : ''
    pairs.push(`${name}=${encoded(value)}${suffix}`)
  }
  return pairs.join('&')
}

function body(random: Random, caller: Caller): Pick<RawRequest, 'body' | 'headers'> {
  const form = fields(random, caller)
  switch (Math.floor(random() * 8)) {
    case 0: {
      const value = Object.fromEntries(
        [...new URLSearchParams(form)].map(([k, v]) => [k, [v, { v }]])
      )
      const json = JSON.stringify({ ...value, _csrf: caller.csrf })
      return { body: json, headers: { 'content-type': 'application/json' } }
    }
    case 1:
      return { body: '{"__proto__":{"x":1},', headers: { 'content-type': 'application/json' } }
    case 2: {
      const part = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n${form}`
      const end = random() < 0.5 ? '\r\n--x--\r\n' : ''
      return { body: part + end, headers: { 'content-type': 'multipart/form-data; boundary=x' } }
    }
    case 3:
      return { body: form, headers: { 'content-type': 'text/plain; charset=utf-7' } }
    default:
      return { body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  }
}

function path(random: Random, pattern: string, { ids }: Site): string {
  return pattern.replace(/:\w+\??/g, () => {
    const roll = random()
    if (roll < 0.6) return pick(random, ids)
    return encoded(pick(random, VALUES)(random).slice(0, 300)) || 'x'
  })
}

function headers(random: Random, { visitor }: Caller): Record<string, string> {
  const cookies = [...visitor.cookies].map(([name, value]) => `${name}=${value}`)
  if (random() < 0.1) cookies.push(`adonis-session=${pick(random, VALUES)(random).slice(0, 100)}`)
  const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 2_000)
  return {
    'host': random() < 0.1 ? 'evil.example' : new URL(appUrl).host,
    'cookie': printable(cookies.join('; ')),
    'accept': pick(random, ['text/html', 'application/json', '*/*', 'image/png', ';;q=x']),
    'accept-language': pick(random, ['ko', 'en', 'xx-YY;q=2,,', '*', printable('가'.repeat(50))]),
    ...(random() < 0.1 && { 'x-forwarded-for': printable(pick(random, VALUES)(random)) }),
    ...(random() < 0.1 && { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }),
    ...(random() < 0.1 && { referer: printable(pick(random, VALUES)(random)) }),
    ...(random() < 0.1 && { 'range': 'bytes=0-5,999999-', 'if-none-match': '"x"' }),
  }
}

test.group(`Any request at all (seed ${SEED})`, (group) => {
  const world = withProviders(group)
  group.setup(() => multiplyLimits(1_000))

  async function signedIn(user: User): Promise<Caller> {
    const token = randomToken()
    await UserSession.create({
      tokenHash: hashToken(token),
      userId: user.id,
      authenticatedAt: now(),
      seenAt: now(),
      createdAt: now(),
      expiresAt: now().plus({ hours: 1 }),
      lapsesAt: now().plus({ hours: 1 }),
    })
    const visitor = new Visitor()
    visitor.cookies.set(cookieName('session'), token)
    return { visitor, csrf: (await visitor.get('/account/name')).csrf }
  }

  async function site(): Promise<Site> {
    await emptyDatabase()
    for (const driver of DRIVER_NAMES) await makeProvider(world.server, driver)
    const admin = await User.create({ name: '김관리', email: 'admin@example.org', role: 'admin' })
    const spare = await User.create({ name: '남관리', email: 'spare@example.org', role: 'admin' })
    const member = await User.create({ name: '김회원', email: 'member@example.org' })
    const providers = await Provider.all()
    for (const provider of providers) await linkTo(member, provider)
    await Article.create({ userId: member.id, title: '제목', body: '본문' })
    await OutgoingMail.queue({ template: 'withdrawn', to: 'a@example.org', locale: 'ko', data: {} })

    const nobody = new Visitor()
    const { csrf } = await nobody.get('/user/login')
    const callers = [{ visitor: nobody, csrf }, await signedIn(member), await signedIn(admin)]
    const named = await Promise.all(
      [Provider, ProviderCredential, User, UserSession, Article, OutgoingMail, SignInAttempt].map(
        async (model) => (await (model as typeof User).all()).map((row) => row.publicId)
      )
    )
    return { callers, ids: [...DRIVER_NAMES, ...named.flat(), String(spare.id)] }
  }

  test(`${sizes.fuzz} of them, over every route and three kinds of callers: no 5xx`, async ({
    assert,
  }) => {
    const random = seededRandom(SEED)
    const routes = Object.values(router.toJSON())
      .flat()
      .map(({ pattern }) => pattern)
    const answers = new Map<number, number>()
    const reached = new Set<string>()

    let present = await site()
    for (let index = 0; index < sizes.fuzz; index++) {
      if (index > 0 && index % REQUESTS_OF_A_SITE === 0) present = await site()
      const caller = pick(random, present.callers)
      const pattern = routes[index % routes.length]
      const method = pick(random, METHODS)
      const query = random() < 0.5 ? `?${fields(random, caller).slice(0, 8_000)}` : ''
      const sent: RawRequest = {
        method,
        path: path(random, pattern, present) + (random() < 0.2 ? '/' : '') + query,
        headers: headers(random, caller),
      }
      if (method !== 'GET' && method !== 'HEAD') {
        const { body: content, headers: type } = body(random, caller)
        Object.assign(sent, { body: content, headers: { ...sent.headers, ...type } })
      }

      const what = `request ${index} of seed ${SEED}: ${method} ${sent.path.slice(0, 300)}`
      const answer = await rawRequest(appUrl, sent)
      assert.isBelow(answer.status, 500, `${what}\n${String(sent.body ?? '').slice(0, 500)}`)
      assert.notInclude(answer.text, 'translation missing', what)
      assert.exists(answer.headers['content-security-policy'], `${what}: ${answer.status}`)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', what)
      if (answer.headers.location) {
        const target = new URL(answer.headers.location, appUrl)
        const known = [new URL(appUrl).origin, world.server.origin]
        assert.include(known, target.origin, `${what} → ${answer.headers.location}`)
      }
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1)
      if (answer.status < 400) reached.add(`${method} ${pattern}`)
    }

    /* Requests that all bounce off at the door would show nothing. */
    assert.isAbove(reached.size, routes.length / 2, JSON.stringify([...answers]))
    for (const status of [200, 303, 404, 422]) assert.isTrue(answers.has(status), String(status))
  }).timeout(120_000 + sizes.fuzz * 200)
})
