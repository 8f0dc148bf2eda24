import { type Place, isAllowed } from '#tests/support/secret_scan/allowed'
import { IndexOfSecrets } from '#tests/support/secret_scan/index_of_secrets'

interface Text {
  place: Place
  text: string
  test: string
}

/** A secret found where none may be; reports never contain the secret itself. */
export interface Finding {
  kind: string
  place: string
  test: string
}

/** Shorter typed text may well be on a page for another reason. */
const SHORTEST_TYPED = 10

/** Six digits, not adjoining other letters or digits. */
const CODES = /(?<![\w-])\d{6}(?![\w-])/g

/**
 * Looks for every secret, token and code that the tests use or cause to be created, in
 * everything the application gives away. Texts are held until all secrets of their test
 * are known: most are created before anybody can tell.
 */
export class SecretScan {
  /** The test that is running; findings name it. */
  test = ''
  readonly findings: Finding[] = []
  readonly counted = { texts: 0, characters: 0, ms: 0 }

  readonly #index = new IndexOfSecrets()
  readonly #seen = new Set<string>()
  #waiting: Text[] = []
  /* Too short or too common to look for beyond the test they belong to. */
  #codes = new Set<string>()
  #typed = new Map<string, string>()

  /** How many secrets are looked for. */
  get secrets() {
    return this.#index.size
  }

  /** From now on, and in what was read since the last `look`, this must not be found. */
  register(kind: string, secret: unknown) {
    if (typeof secret !== 'string') return
    if (kind === 'mailed code') this.#codes.add(secret)
    else if (kind.startsWith('typed ')) {
      if (secret.length >= SHORTEST_TYPED) this.#typed.set(secret, kind)
    } else this.#index.add(kind, secret)
  }

  read(place: Place, text: string) {
    if (text) this.#waiting.push({ place, text, test: this.test })
  }

  /** Scans everything read since the last time. */
  look() {
    const begun = performance.now()
    for (const { place, text, test } of this.#waiting) {
      this.counted.texts++
      this.counted.characters += text.length
      for (const secret of this.#index.in(text)) {
        this.#note(this.#index.kindOf(secret), place, test)
      }
      for (const [secret, kind] of this.#typed) {
        if (text.includes(secret)) this.#note(kind, place, test)
      }
      if (this.#codes.size === 0) continue
      for (const [digits] of text.matchAll(CODES)) {
        if (this.#codes.has(digits)) this.#note('mailed code', place, test)
      }
    }
    this.#waiting = []
    this.#codes.clear()
    this.#typed.clear()
    this.counted.ms += performance.now() - begun
  }

  #note(kind: string, place: Place, test: string) {
    if (isAllowed(kind, place)) return
    const words = describe(place)
    if (this.#seen.has(`${kind} ${words}`)) return
    this.#seen.add(`${kind} ${words}`)
    this.findings.push({ kind, place: words, test })
  }

  /** One line for the end of a run. */
  get summary(): string {
    const { texts, characters, ms } = this.counted
    const size = `${texts} texts (${(characters / 1e6).toFixed(1)} million characters)`
    const result = `${this.findings.length} found`
    return `Secret scan: ${this.secrets} secrets, ${size}, ${result}, in ${(ms / 1000).toFixed(2)} s`
  }

  /** @throws Error that says what was found where, if anything was */
  assertClean() {
    if (this.findings.length === 0) return
    throw new Error(`The secret scan found what nobody may see:\n${this.report.join('\n')}`)
  }

  /** What was found where, one line each; never the secret. */
  get report(): string[] {
    return this.findings.map(
      ({ kind, place, test }) => `  ${kind} in the ${place}, in or before the test "${test}"`
    )
  }
}

function describe({ sink, where, header }: Place): string {
  /* Only the name of the header, and of its cookie: the rest may be the secret. */
  const name = header?.match(/^set-cookie: [\w-]+|^[\w-]+/)?.[0]
  return [sink, name && `"${name}"`, `of ${withoutTokens(where)}`].filter(Boolean).join(' ')
}

/** An address may itself contain a secret. */
function withoutTokens(where: string): string {
  return where.replace(/[\w-]{43,}/g, '…')
}
