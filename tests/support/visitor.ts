import { appUrl } from '#config/app'
import { Markup } from '#tests/support/markup'
import { readAnswer, registerTyped } from '#tests/support/secret_scan/sinks'

/** A response with its body read. */
export class Page extends Markup {
  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: Headers,
    text: string
  ) {
    super(text)
  }

  /** The `Location` header, empty if there is none. */
  get location() {
    return this.headers.get('location') ?? ''
  }
}

/** Keeps each cookie separate. */
function headersOf({ headers }: Response) {
  return { ...Object.fromEntries(headers), 'set-cookie': headers.getSetCookie() }
}

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: URLSearchParams | string
}

/**
 * A person's browser without the browser: real HTTP, a cookie jar for the site, forms
 * submitted with the token of their page. Redirects are returned, not followed, unless
 * asked for.
 */
export class Visitor {
  readonly cookies: Map<string, string>
  readonly #language: string
  readonly #base: string

  constructor({ language = 'ko', base = appUrl, cookies = new Map<string, string>() } = {}) {
    this.cookies = cookies
    this.#language = language
    this.#base = base
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.request(path, { headers })
  }

  /** GETs a page, then follows every redirect that stays on this site. */
  async visit(path: string): Promise<Page> {
    let page = await this.get(path)
    for (let hops = 0; hops < 10 && page.location; hops++) {
      const target = new URL(page.location, page.url)
      if (target.origin !== new URL(this.#base).origin) return page
      page = await this.get(target.href)
    }
    return page
  }

  /** POSTs a form as it stands on `page`, with its CSRF token. */
  async submit(page: Page, path: string, fields: Record<string, string> = {}): Promise<Page> {
    return this.post(path, { _csrf: page.csrf, ...fields })
  }

  async post(path: string, fields: Record<string, string>): Promise<Page> {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields) })
  }

  async request(path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Page> {
    const url = new URL(path, this.#base)
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: {
        'accept': 'text/html',
        'accept-language': this.#language,
        ...(this.cookies.size > 0 && { cookie: this.#cookieHeader() }),
        ...headers,
      },
    })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    if (this.#base !== appUrl) {
      registerTyped(new URLSearchParams(body))
      readAnswer(`${method} ${url.pathname}`, headersOf(response), text)
    }
    const missing = text.match(/translation missing: [^<"]*/)?.[0]
    if (missing) throw new Error(`${method} ${url.pathname}: ${missing}`)
    return new Page(url.href, response.status, response.headers, text)
  }

  /** Signs in with e-mail and password, through the page. */
  async signIn(email: string, password: string): Promise<Page> {
    const page = await this.get('/user/login')
    return this.submit(page, '/user/login', { email, password })
  }

  /** Whether the home page greets somebody. */
  async isSignedIn(): Promise<boolean> {
    return (await this.get('/')).actions.includes('/user/logout')
  }

  #cookieHeader() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(line: string) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    const gone = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute))
    if (gone) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }
}
