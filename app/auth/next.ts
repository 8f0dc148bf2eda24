import { appUrl } from '#config/app'

const LONGEST = 2_048

/*
 * Pages nobody wants to return to: signing in, signing out, callbacks. Also the links in
 * mails, and the callback of a site's trial: they contain a secret, and a `next` is stored
 * and logged.
 */
const NEVER =
  /^\/(user\/(login|logout|create|password\/reset|[^/]+\/verify)|admin\/client_trials)(\/|$)/i

declare const checked: unique symbol

/** A page of this site to send someone to: a path with its query. Only `safeNext` makes one. */
export type Next = string & { readonly [checked]: true }

/** The sign-in page. @param next where it leads afterwards; `null`: home */
export function signInPage(next: Next | null): string {
  return next === null ? '/user/login' : `/user/login?${new URLSearchParams({ next })}`
}

/**
 * Decides where a `next` may lead (docs/design.md#where-next-may-lead). Every `next` that
 * comes from outside goes through here.
 *
 * @param value as the framework decoded it from a query or a form
 * @param base the origin of this site
 * @returns the re-serialised path with its query, or `null` for anything that is not
 *   plainly a page of this site
 */
export function safeNext(value: unknown, base: string = appUrl): Next | null {
  if (typeof value !== 'string' || value.length > LONGEST) return null
  if (!/^\/(?![/\\])/.test(value)) return null
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f\\]/.test(value)) return null
  if (!URL.canParse(value, base)) return null

  const url = new URL(value, base)
  if (url.origin !== new URL(base).origin || url.pathname.startsWith('//')) return null
  if (NEVER.test(url.pathname)) return null

  /* Each character beyond ASCII has become nine by now. */
  const path = url.pathname + url.search
  return path.length <= LONGEST ? (path as Next) : null
}
