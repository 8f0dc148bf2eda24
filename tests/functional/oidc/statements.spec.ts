import { test } from '@japa/runner'
import { aRequest, aSite, backToSite, siteClient } from '#tests/support/site'
import { heardDuring } from '#tests/support/statements'
import { makeProvider, startAndConsent, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

/*
 * What a site's request asks of the database besides the sign-in itself
 * (tests/functional/social/statements.spec.ts), which costs none more for it.
 */

const REQUEST = [
  'select clients',
  /* It waits here until somebody has signed in. */
  'insert oidc_payloads',
]

/* Whose request this is, looked up when the page is opened and again when the person is back. */
const ASKED = ['select oidc_payloads']

const SIGNED_IN = [
  'select user_sessions',
  'select oidc_payloads',
  /* By which provider: `amr`. */
  'select identities',
  'select oidc_payloads',
  /* The answer, with the request. */
  'insert oidc_payloads',
]

const RESUMED = [
  'select user_sessions',
  /* What the library has of this session, and by which provider it is. */
  'select oidc_payloads',
  'select identities',
  /* The request and the answer, used up. */
  'select oidc_payloads',
  'delete oidc_payloads',
  'select clients',
  'select users',
  /* What the session grants, the session with that, and the code. */
  'insert oidc_payloads',
  'insert oidc_payloads',
  'insert oidc_payloads',
]

const TOKEN = [
  'select signing_keys',
  'select clients',
  'select client_secrets',
  /* The code, what it rests on, and the session. */
  'select oidc_payloads',
  'select oidc_payloads',
  'select oidc_payloads',
  /* Used, once. */
  'update oidc_payloads',
  'select users',
  /* An access token and a refresh token. */
  'insert oidc_payloads',
  'insert oidc_payloads',
]

test.group('Statements of a sign-in for a site', (group) => {
  const world = withProviders(group)

  test('each is needed', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const config = await siteClient(await aSite())
    /* The first request of all makes keys; the first use of a secret of the minute is noted. */
    for (const round of [1, 2]) {
      const visitor = new Visitor()
      const request = await aRequest(config)
      let page: Page
      const heard: string[][] = []
      const hear = async (work: () => Promise<Page>) => {
        heard.push(await heardDuring(async () => (page = await work())))
        return page!
      }
      const asked = await hear(() => visitor.get(request.url.href))
      const toSignIn = await hear(() => visitor.get(asked.location))
      const form = await visitor.get(toSignIn.location)
      const next = form.fieldValue('next')!
      const callback = await startAndConsent(world.server, visitor, 'kakao', { next })
      const back = await visitor.get(callback)
      const answered = await hear(() => visitor.get(back.location))
      let address = ''
      heard.push(await heardDuring(async () => (address = await backToSite(visitor, answered))))
      heard.push(await heardDuring(() => request.finish(address)))
      if (round === 2) assert.deepEqual(heard, [REQUEST, ASKED, SIGNED_IN, RESUMED, TOKEN])
    }
  })
})
