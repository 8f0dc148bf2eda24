import { test } from '@japa/runner'
import { AllyClient } from '#protocol/ally_client'

const client = () =>
  new AllyClient({
    clientId: 'id',
    clientSecret: 'secret',
    callbackUrl: 'http://localhost/callback/',
    authorizeUrl: 'https://provider.example/authorize',
    accessTokenUrl: 'https://provider.example/token',
    scopeSeparator: ' ',
    codeVerifier: 'verifier',
    readTokens: ({ body }) => body,
  })

/* Of the client's own making: a mistake in Ally has other words. */
const NO_REQUEST = /there is none|is read by/

test.group('Ally without a request', () => {
  test('makes the authorization request of what it is given', async ({ assert }) => {
    const url = new URL(await client().authorizationUrl(['one', 'two'], { state: 'expected' }))
    assert.equal(url.origin + url.pathname, 'https://provider.example/authorize')
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      redirect_uri: 'http://localhost/callback/',
      client_id: 'id',
      code_challenge: 'iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ',
      code_challenge_method: 'S256',
      scope: 'one two',
      state: 'expected',
    })
  })

  /*
   * Ally 6.3 takes "no cookie and no parameter" for a match of the state, which would let
   * any callback in (docs/decisions/0001).
   */
  test('cannot be asked whether a callback is right, what its code is, or who came', async ({
    assert,
  }) => {
    for (const ask of ['stateMisMatch', 'getCode', 'hasError', 'accessDenied'] as const) {
      assert.throws(() => client()[ask](), NO_REQUEST)
    }
    for (const ask of ['accessToken', 'redirect', 'user', 'userFromToken'] as const) {
      await assert.rejects(() => client()[ask]() as Promise<unknown>, NO_REQUEST)
    }
  })
})
