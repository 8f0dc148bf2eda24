/*
 * Plays Kakao in a benchmark, in its own process: any code is somebody's id, and leads to
 * that person's tokens and profile. Prints its port.
 */
import { createServer } from 'node:http'

const json = (response, body) => {
  const text = JSON.stringify(body)
  response.writeHead(200, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

const server = createServer(async (request, response) => {
  if (request.url === '/oauth/token') {
    let form = ''
    for await (const chunk of request) form += chunk
    const id = new URLSearchParams(form).get('code')
    return json(response, {
      token_type: 'bearer',
      access_token: `access-${id}-${'a'.repeat(40)}`,
      expires_in: 21_599,
      refresh_token: `refresh-${id}-${'r'.repeat(40)}`,
      refresh_token_expires_in: 5_183_999,
      scope: 'account_email profile_nickname',
    })
  }
  if (request.url.startsWith('/v2/user/me')) {
    const id = Number(/^Bearer access-(\d+)-/.exec(request.headers.authorization ?? '')[1])
    return json(response, {
      id,
      connected_at: '2026-01-01T00:00:00Z',
      kakao_account: {
        profile_nickname_needs_agreement: false,
        profile: { nickname: `벤치 ${id}` },
        email_needs_agreement: false,
        has_email: true,
        is_email_valid: true,
        is_email_verified: true,
        email: `person-${id}@example.com`,
      },
    })
  }
  response.writeHead(404).end()
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
