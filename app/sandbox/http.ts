import type { IncomingMessage } from 'node:http'

/** More than any form of these protocols needs. */
const LARGEST_BODY = 65_536

/**
 * Reads the body of a request that nothing else has read yet.
 *
 * @returns the fields of an `application/x-www-form-urlencoded` body; no fields for
 *   other types, which the real providers ignore too; `null` when the body is larger
 *   than 64 KiB
 */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > LARGEST_BODY) return null
    chunks.push(chunk)
  }
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return new URLSearchParams()
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** A request's headers with repeated ones joined, as simulators expect them. */
export function plainHeaders({ headers }: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ])
  )
}
