import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isReachable } from '#outbound/reachable'
import { outboundUrlProblem } from '#outbound/outbound_url'

/** Why no answer came. */
export const OUTBOUND_FAILURES = [
  /** The address may not be called: http on the internet, or a private network. */
  'address_refused',
  'timed_out',
  /** Its certificate is none that we trust. */
  'certificate',
  'unreachable',
] as const

export type OutboundFailureName = (typeof OUTBOUND_FAILURES)[number]

/** Carries a name and the system's code, never an address or what was sent. */
export class OutboundFailure extends Error {
  constructor(
    readonly reason: OutboundFailureName,
    readonly code?: string
  ) {
    super(code ? `${reason} ${code}` : reason)
  }
}

export interface GuardedPost {
  headers: Record<string, string>
  body: string
  /** Whether the site is inside: loopback, private networks and http are allowed. */
  inside: boolean
  /** For the whole call, in milliseconds. */
  timeoutMs?: number
  /** How names are resolved. */
  lookup?: typeof systemLookup
}

const TIMEOUT_MS = 5_000
const LONGEST_HEADERS = 16 * 1024
const CERTIFICATE = /CERT|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH$/

/**
 * Posts to an address that an administrator typed. The connection goes to an address that
 * has been checked and to no other: the one that the name resolved to at this moment, so
 * that a name cannot mean one thing when it is checked and another when it is called. It
 * follows no redirect, is over after five seconds, goes through no proxy, and reads no more
 * of an answer than its status.
 *
 * @returns the status of the answer, whatever it is
 * @throws OutboundFailure when there was none
 */
export async function guardedPost(
  address: string,
  { headers, body, inside, timeoutMs = TIMEOUT_MS, lookup = systemLookup }: GuardedPost
): Promise<number> {
  if (outboundUrlProblem(address, { inside }) !== null) throw new OutboundFailure('address_refused')
  const url = new URL(address)
  /* Node resolves no name, and so asks nobody, where the address has a number. */
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0 && !isReachable(host, { inside })) {
    throw new OutboundFailure('address_refused')
  }

  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const fail = (error?: NodeJS.ErrnoException) => reject(failureOf(error))
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      lookup: checkedLookup(lookup, inside),
      maxHeaderSize: LONGEST_HEADERS,
      rejectUnauthorized: true,
      signal: AbortSignal.timeout(timeoutMs),
    })
    request.once('response', (response) => {
      resolve(response.statusCode!)
      request.destroy()
    })
    request.on('error', fail)
    /* Also after an answer that is none, such as a switch to another protocol. */
    request.once('close', fail)
    request.end(body)
  })
}

/** Resolves a name to those of its addresses to which we may connect. */
function checkedLookup(lookup: typeof systemLookup, inside: boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, '')
      const [first, ...others] = found.filter(({ address }) => isReachable(address, { inside }))
      if (!first) return done(new OutboundFailure('address_refused'), '')
      if (options.all) return done(null, [first, ...others])
      done(null, first.address, first.family)
    })
  }
}

function failureOf(error?: NodeJS.ErrnoException): OutboundFailure {
  if (error instanceof OutboundFailure) return error
  if (error?.name === 'AbortError') return new OutboundFailure('timed_out')
  /* Each of several addresses may have failed in its own way. */
  const [first] = (error as { errors?: NodeJS.ErrnoException[] } | undefined)?.errors ?? []
  const code = error?.code ?? first?.code
  if (code === 'ETIMEDOUT') return new OutboundFailure('timed_out')
  return new OutboundFailure(code && CERTIFICATE.test(code) ? 'certificate' : 'unreachable', code)
}
