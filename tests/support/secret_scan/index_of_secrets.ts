/** A shorter text is too likely to appear somewhere by chance. */
const SHORTEST = 8
/** Finding this much of a secret is enough: a truncated one has leaked too. */
const ENOUGH = 16

const BASE = 0x01000193
const BASE_TO_THE_8TH = Array.from({ length: SHORTEST }).reduce<number>(
  (power) => Math.imul(power, BASE),
  1
)
const BITS = 20

interface Entry {
  /** Its beginning, as it may appear in a text. */
  shape: string
  secret: string
}

/**
 * Finds any of thousands of secrets in a text, in one pass: a rolling hash of eight
 * characters says where one may begin.
 */
export class IndexOfSecrets {
  readonly #kinds = new Map<string, string>()
  readonly #entries = new Map<string, Entry[]>()
  readonly #mayBegin = new Uint8Array(1 << BITS)

  get size() {
    return this.#kinds.size
  }

  kindOf(secret: string): string {
    return this.#kinds.get(secret)!
  }

  /** @returns whether it was new; secrets shorter than eight characters are left out */
  add(kind: string, secret: string): boolean {
    if (secret.length < SHORTEST || this.#kinds.has(secret)) return false
    this.#kinds.set(secret, kind)
    for (const shape of new Set(shapesOf(secret).map((one) => one.slice(0, ENOUGH)))) {
      const beginning = shape.slice(0, SHORTEST)
      const entries = this.#entries.get(beginning)
      if (entries) entries.push({ shape, secret })
      else this.#entries.set(beginning, [{ shape, secret }])
      this.#mayBegin[slot(hashOf(beginning))] = 1
    }
    return true
  }

  /** The secrets that appear in a text, each once. */
  in(text: string): Set<string> {
    const found = new Set<string>()
    let hash = hashOf(text.slice(0, SHORTEST))
    for (let at = 0; at + SHORTEST <= text.length; at++) {
      if (this.#mayBegin[slot(hash)]) {
        for (const { shape, secret } of this.#entries.get(text.slice(at, at + SHORTEST)) ?? []) {
          if (text.startsWith(shape, at)) found.add(secret)
        }
      }
      hash =
        (Math.imul(hash, BASE) +
          text.charCodeAt(at + SHORTEST) -
          Math.imul(text.charCodeAt(at), BASE_TO_THE_8TH)) |
        0
    }
    return found
  }
}

function slot(hash: number) {
  return hash >>> (32 - BITS)
}

function hashOf(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0
  return hash
}

/** How a secret may be written: as is, in an address, in JSON, encoded. */
function shapesOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    secret.replaceAll('/', '\\/'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}
