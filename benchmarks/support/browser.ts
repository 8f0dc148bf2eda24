import { Agent, request as send } from 'node:http'
import { gunzipSync } from 'node:zlib'

/** A browser that keeps cookies and follows no redirects. */
export class Browser {
  static readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  readonly #cookies = new Map<string, string>()
  constructor(readonly origin: string) {}

  ask(method: string, path: string, body?: { type: string; text: string }) {
    return new Promise<{ status: number; location: string; text: string }>((resolve, reject) => {
      const url = new URL(path, this.origin)
      const headers: Record<string, string | number> = {
        'accept': 'text/html,application/json',
        'accept-language': 'ko-KR,ko;q=0.9',
        'accept-encoding': 'gzip',
        'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0',
        'origin': this.origin,
        'cookie': [...this.#cookies].map((pair) => pair.join('=')).join('; '),
      }
      if (body) {
        headers['content-type'] = body.type
        headers['content-length'] = Buffer.byteLength(body.text)
      }
      const outgoing = send(url, { method, headers, agent: Browser.#agent }, (response) => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
          if (/max-age=0(;|$)/i.test(line)) this.#cookies.delete(name)
          else this.#cookies.set(name, value)
        }
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => {
          const sent = Buffer.concat(chunks)
          const isCompressed = response.headers['content-encoding'] === 'gzip'
          resolve({
            status: response.statusCode!,
            location: response.headers.location ?? '',
            text: (isCompressed ? gunzipSync(sent) : sent).toString(),
          })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body?.text)
    })
  }

  get(path: string) {
    return this.ask('GET', path)
  }

  async read(path: string) {
    const { text } = await this.get(path)
    return text
  }

  form(path: string, fields: Record<string, string>) {
    const text = new URLSearchParams(fields).toString()
    return this.ask('POST', path, { type: 'application/x-www-form-urlencoded', text })
  }
}
