import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { oidcProvider } from '#oidc/provider'
import { withRequest } from '#oidc/request'

interface Question {
  path: string
  /** Sent as a form; without it, it is a GET. */
  form?: Record<string, string>
  headers?: Record<string, string>
}

/**
 * Asks the library what a site would ask it, without a network in between: the request
 * exists only in this process, so nothing that came from outside can be taken for it.
 * The library takes it for the site's own without a secret.
 *
 * @param clientId the site in whose place we ask
 * @returns the answer's JSON
 */
export async function askInHouse(
  http: HttpContext,
  clientId: string,
  { path, form, headers = {} }: Question
): Promise<{ status: number; body: Record<string, unknown> }> {
  const provider = await oidcProvider()
  const { host, protocol } = new URL(appUrl)
  const body = form ? new URLSearchParams(form).toString() : ''
  const request = new IncomingMessage(new Socket())
  Object.assign(request, {
    method: form ? 'POST' : 'GET',
    url: path,
    headers: {
      host,
      'x-forwarded-proto': protocol.slice(0, -1),
      ...(form && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(body)),
      }),
      ...headers,
    },
  })
  request.push(body)
  request.push(null)

  const response = new ServerResponse(request)
  const answered = new Promise<string>((resolve) => {
    response.end = function (this: ServerResponse, text?: unknown) {
      this.emit('finish')
      resolve(text ? String(text) : '')
      return this
    } as typeof response.end
  })
  await withRequest(http, () => provider.callback()(request, response), { inHouse: clientId })
  const text = await answered
  return { status: response.statusCode, body: text ? JSON.parse(text) : {} }
}
