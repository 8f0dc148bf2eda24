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

const COOKIE = (name: string) => new RegExp(`^set-cookie: (__Host-)?${name}(-\\d+)?=`)

/** Where a trip to a provider begins, including trials and sites that name the provider. */
const START =
  /^(POST \/(user\/login\/social\/|admin\/trials\/[\w-]+\/departures$)|GET \/oidc\/interaction\/)/

/** Everywhere a secret may appear, and why. Nowhere else. */
const ALLOWANCES: Allowance[] = [
  {
    kinds: ["a site's secret"],
    sink: 'response body',
    where: /^POST \/admin\/clients\/(create|[\w-]{22}\/secrets)$/,
    because: 'a new one is shown this once, to the administrator who issued it',
  },
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
    where: START,
    header: /^location: https?:\/\/(?!localhost[:/])/,
    because: 'the provider has to send it back',
  },
  {
    kinds: ['state'],
    sink: 'response body',
    where: START,
    because: 'the framework says in the body where the redirect leads',
  },
  ...(['response header', 'response body'] as const).map((sink) => ({
    kinds: ['state'],
    sink,
    where: /^GET \/(oidc\/auth(\/|$)|sign-in$)/,
    because: "it is another site's own, and goes back to it",
  })),
  ...(['response header', 'response body'] as const).map((sink) => ({
    kinds: ['code for a site'],
    sink,
    where: /^GET \/oidc\/auth(\/|$)/,
    because: 'it is given to the browser, which takes it to the site',
  })),
  {
    kinds: ['access token for a site', 'refresh token for a site', 'id token for a site'],
    sink: 'response body',
    where: /^POST \/oidc\/token$/,
    because: 'it is given to the site',
  },
  ...(['response header', 'response body'] as const).map((sink) => ({
    kinds: ['id token for a site'],
    sink,
    where: /^((GET|POST) \/oidc\/session\/end|POST \/sign-out$)/,
    because: 'the site sends it, and our page that asks sends it back to us',
  })),
  {
    kinds: ['second_factors.secret'],
    sink: 'response body',
    where: /^(GET|POST) \/account\/second_factor\/setup$/,
    because: 'it is entered into the app of its owner, and shown until that is confirmed',
  },
  {
    kinds: ['recovery code'],
    sink: 'response body',
    where: /^POST \/account\/second_factor\/(setup|recovery_codes)$/,
    because: 'it is shown once, to be kept by its owner',
  },
  {
    kinds: ['clients.webhook_secret', 'clients.webhook_secret_previous'],
    sink: 'response body',
    where: /^POST \/admin\/clients\/([\w-]+\/(settings|webhook_secret)|create)$/,
    because: 'it is shown once, to whoever has had it made',
  },
  {
    kinds: ['clients.webhook_secret', 'clients.webhook_secret_previous'],
    sink: 'command output',
    where: /^client:set$/,
    because: 'it is printed once, to whoever has had it made',
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
    where: /^POST \/user\/[\w-]+\/verify\/[\w-]+$/,
    header: COOKIE('daemun-email-link'),
    because: 'who follows a link signed out signs in first; the browser keeps the link meanwhile',
  },
  {
    kinds: ['mailed link'],
    sink: 'response header',
    where: /^GET \/account\/email\/link$/,
    header: /^location: \/user\/[\w-]+\/verify\//,
    because: 'the browser that keeps a link is led back to it',
  },
  {
    kinds: ['mailed link'],
    sink: 'response body',
    where: /^GET \/account\/email\/link$/,
    because: 'the framework says in the body where the redirect leads',
  },
  {
    kinds: ['typed password'],
    sink: 'command output',
    where: /^db:seed$/,
    because: 'it is made for the sample site, on loopback only, and told once to whoever made it',
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
