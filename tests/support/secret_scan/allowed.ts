/** Where a text was read. */
export interface Place {
  sink:
    | 'response header'
    | 'response body'
    | 'session'
    | 'log'
    | 'database'
    | 'command output'
    | 'server output'
    | 'mail'
  /** `GET /path`, `table.column`, or what was run. */
  where: string
  /** Of a response header. */
  header?: string
}

interface Allowance {
  kinds: string[]
  sink: Place['sink']
  where?: RegExp
  header?: RegExp
  because: string
}

const COOKIE = (name: string) => new RegExp(`^set-cookie: (__Host-)?${name}=`)

/** What sends a browser to a provider: a start, or an administrator's trial. */
const DEPARTURE = /^POST \/(user\/login\/social\/|admin\/trials\/[\w-]+\/departures$)/

/** Everywhere a secret may stand, and why. Nowhere else. */
const ALLOWANCES: Allowance[] = [
  {
    kinds: ['session token'],
    sink: 'response header',
    header: COOKIE('daemun-session'),
    because: 'it is given to the browser that has just signed in',
  },
  {
    kinds: ['browser secret'],
    sink: 'response header',
    header: COOKIE('daemun-browser'),
    because: 'it is given to the browser that it is the secret of',
  },
  {
    kinds: ['state'],
    sink: 'response header',
    where: DEPARTURE,
    header: /^location: https?:\/\/(?!localhost[:/])/,
    because: 'the provider has to send it back',
  },
  {
    kinds: ['state'],
    sink: 'response body',
    where: DEPARTURE,
    because: 'the framework says in the body where the redirect leads',
  },
  {
    kinds: ['mailed link'],
    sink: 'response body',
    where: /^(GET|POST) \/user\/([\w-]+\/verify|password\/reset)\/[\w-]+$/,
    because: 'the form of the page that the link leads to posts to its own address',
  },
  {
    kinds: ['mailed link'],
    sink: 'response header',
    where: /^POST \/user\/([\w-]+\/verify\/[\w-]+|login)$/,
    header: /^location: \/user\//,
    because: 'who follows a link signed out signs in first, and is led back to it',
  },
  {
    kinds: ['mailed link'],
    sink: 'response body',
    where: /^(GET|POST) \/user\/login$/,
    because: 'the sign-in page keeps where it will lead',
  },
  ...(['mailed link', 'mailed code'] as const).flatMap((kind): Allowance[] => [
    { kinds: [kind], sink: 'mail', because: 'it is what the mail is for' },
    {
      kinds: [kind],
      sink: 'database',
      where: /^sandbox_mails\.text$/,
      because: 'the inbox of the sandbox keeps mails, where nobody else sends them',
    },
    {
      kinds: [kind],
      sink: 'response body',
      where: /^GET \/inbox\//,
      because: 'the inbox of the sandbox shows mails, on loopback only',
    },
  ]),
]

export function isAllowed(kind: string, place: Place): boolean {
  return ALLOWANCES.some(
    ({ kinds, sink, where = /^/, header = /^/ }) =>
      kinds.includes(kind) &&
      sink === place.sink &&
      where.test(place.where) &&
      header.test(place.header ?? '')
  )
}
