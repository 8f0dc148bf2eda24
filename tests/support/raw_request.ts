import { request as send, type IncomingHttpHeaders } from 'node:http'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface RawRequest {
  method: string
  /** As sent over the wire, without normalisation. */
  path: string
  headers?: Record<string, string | string[]>
  body?: Buffer | string
}

/**
 * A request that `fetch` would refuse or normalise: any Host, any path, any bytes.
 *
 * @param base where the server is; nothing else in it is used
 */
export function rawRequest(
  base: string,
  { method, path, headers = {}, body }: RawRequest
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const options = { hostname, port, method, path, headers: { ...headers, ...length } }
    const request = send(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
