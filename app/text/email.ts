import { domainToASCII } from 'node:url'

/** Longest e-mail address, in characters. */
export const LONGEST_EMAIL = 254
const LONGEST_LOCAL = 64
const LONGEST_DOMAIN = 253

/**
 * Longest typed input, including spaces around it: anything longer is not an address and
 * is not looked at.
 */
export const LONGEST_TYPED_EMAIL = 320

/* Letters of any script with their marks, digits, hyphens and dots. */
const HOST = /^[\p{L}\p{M}\p{N}.-]+$/u
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u

const LABEL = /^[a-z0-9-]{1,63}$/

/**
 * The only form in which an e-mail address is stored and compared.
 *
 * @returns trimmed, lower case, with an IDN domain as punycode; `null` for anything that
 *   cannot be an address here: a local part beyond ASCII, anything NFKC would change
 *   (full-width look-alikes), more than 254 characters
 */
export function normalizeEmail(typed: string): string | null {
  if (typed.length > LONGEST_TYPED_EMAIL) return null
  const address = typed.trim()
  if (address !== address.normalize('NFKC')) return null

  const at = address.lastIndexOf('@')
  const local = at < 0 ? null : normalizeLocal(address.slice(0, at))
  const domain = normalizeDomain(address.slice(at + 1))
  if (local === null || domain === null) return null

  const normalized = `${local}@${domain}`
  return normalized.length <= LONGEST_EMAIL ? normalized : null
}

function normalizeLocal(local: string): string | null {
  if (local.length > LONGEST_LOCAL) return null
  if (!/^[\x21-\x7e]+$/.test(local) || /["(),:;<>@[\\\]]/.test(local)) return null
  return local.toLowerCase()
}

/**
 * The part after the "@". `domainToASCII` parses it as the host of a web address: it cuts
 * off where a path would begin, decodes percent escapes and drops invisible characters,
 * so "naver.com#.evil.example" would come out as naver.com. It is therefore only given
 * what is already a host, and plain ASCII must come out unchanged.
 */
function normalizeDomain(domain: string): string | null {
  if (domain.length > LONGEST_DOMAIN || !HOST.test(domain) || INVISIBLE.test(domain)) return null
  const ascii = domainToASCII(domain)
  const wasAscii = /^[a-z0-9.-]+$/i.test(domain)
  if (ascii.length > LONGEST_DOMAIN || (wasAscii && ascii !== domain.toLowerCase())) return null

  const labels = ascii.split('.')
  const isHost = labels.every((label) => LABEL.test(label) && !/^-|-$/.test(label))
  return isHost && labels.length > 1 && /[a-z]/.test(labels.at(-1)!) ? ascii : null
}
