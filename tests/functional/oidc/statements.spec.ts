import { test } from '@japa/runner'
import { aRequest, aSite, backToSite, siteClient } from '#tests/support/sites/site'
import { heardDuring } from '#tests/support/statements'
import { makeProvider, startAndConsent, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

/*
 * What a site's request asks of the database besides the sign-in itself
 * (tests/functional/social/statements.spec.ts), which costs none more for it.
 */

const REQUEST = [
  /* With its secrets, which only other requests need. */
  'select clients',
  /* It waits here until somebody has signed in. */
  'insert oidc_payloads',
]

/* The page that leads on. */
const SIGNED_IN = ['select user_sessions']

const RESUMED = [
  /* With the member, and by which provider they came: `amr`. */
  'select user_sessions',
  /* The request, used up. */
  'select oidc_payloads',
  'delete oidc_payloads',
  'select clients',
  /* The code. */
  'insert oidc_payloads',
]

const TOKEN = [
  /* Which keys there are, as every process must see with its next request. */
  'select signing_keys',
  'select clients',
  /* The code, with the member and whether the session stands. */
  'select oidc_payloads',
  /* Used, once. */
  'update oidc_payloads',
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
      const form = await visitor.get(asked.location)
      const next = form.fieldValue('next')!
      const callback = await startAndConsent(world.server, visitor, 'kakao', { next })
      const back = await visitor.get(callback)
      const answered = await hear(() => visitor.get(back.location))
      let address = ''
      heard.push(await heardDuring(async () => (address = await backToSite(visitor, answered))))
      heard.push(await heardDuring(() => request.finish(address)))
      if (round === 2) assert.deepEqual(heard, [REQUEST, SIGNED_IN, RESUMED, TOKEN])
    }
  })
})
