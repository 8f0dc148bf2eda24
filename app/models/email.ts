import { domainToASCII } from 'node:url'

const LONGEST = 254

/**
 * The one form in which an e-mail address is stored and compared.
 *
 * @returns trimmed, lower case, with an IDN domain as punycode; `null` for what
 *   cannot be an address here: a local part beyond ASCII, anything NFKC would
 *   change (full-width look-alikes), more than 254 characters
 */
export function normalizeEmail(typed: string): string | null {
  const address = typed.trim()
  if (address !== address.normalize('NFKC')) return null

  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = domainToASCII(address.slice(at + 1))
  if (
    at < 1 ||
    local.length > 64 ||
    !/^[\x21-\x7e]+$/.test(local) ||
    /["(),:;<>@[\\\]]/.test(local)
  ) {
    return null
  }
  if (!/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/.test(domain)) {
    return null
  }

  const normalized = `${local.toLowerCase()}@${domain}`
  return normalized.length <= LONGEST ? normalized : null
}
