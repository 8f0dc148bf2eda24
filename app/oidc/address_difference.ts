/** In what two addresses differ, in the words of `site_diagnoses.json`. */
export type Difference =
  | 'no_address'
  | 'scheme'
  | 'user_name'
  | 'host'
  | 'port'
  | 'slash'
  | 'letter_case'
  | 'path'
  | 'query'
  | 'fragment'
  | 'spelling'

/**
 * In what an address that came differs from one that is registered. They are compared to
 * the letter, so if a browser would call them the same, it is the spelling.
 */
export function differencesBetween(came: string, registered: string): Difference[] {
  if (came === registered) return []
  if (!URL.canParse(came)) return ['no_address']
  const [one, other] = [new URL(came), new URL(registered)]
  const found: Difference[] = []
  if (one.protocol !== other.protocol) found.push('scheme')
  if (one.username || one.password) found.push('user_name')
  if (one.hostname !== other.hostname) found.push('host')
  if (one.port !== other.port) found.push('port')
  if (one.pathname !== other.pathname) found.push(differenceOfPaths(one.pathname, other.pathname))
  if (one.search !== other.search) found.push('query')
  if (came.includes('#')) found.push('fragment')
  return found.length > 0 ? found : ['spelling']
}

function differenceOfPaths(one: string, other: string): Difference {
  const withoutSlash = (path: string) => path.replace(/\/$/, '')
  if (withoutSlash(one) === withoutSlash(other)) return 'slash'
  return one.toLowerCase() === other.toLowerCase() ? 'letter_case' : 'path'
}

/** The registered address that differs least from the one that came, and in what. */
export function nearestOf(came: string, registered: string[]) {
  return registered
    .map((address) => ({ address, differences: differencesBetween(came, address) }))
    .toSorted((one, other) => one.differences.length - other.differences.length)
    .at(0)
}

const LONGEST_SHOWN = 200

/**
 * An address as it may be kept: who is named in it, and what its query says, may be
 * somebody's personal data, so of these only the names of the query's parameters stay.
 */
export function shownAddress(came: string): string {
  if (!URL.canParse(came)) return clip(came.split(/[?#]/)[0])
  const url = new URL(came)
  const names = [...new Set(url.searchParams.keys())].map((name) => `${clip(name, 30)}=…`)
  const host = url.host === '' ? '' : `//${url.host}`
  return clip(
    `${url.protocol}${host}${url.pathname}${names.length > 0 ? `?${names.join('&')}` : ''}${url.hash ? '#…' : ''}`
  )
}

const clip = (text: string, length = LONGEST_SHOWN) =>
  Array.from(text.replace(/\p{C}/gu, '')).slice(0, length).join('')
