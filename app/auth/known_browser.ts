import type { HttpContext } from '@adonisjs/core/http'
import { keyedHash, looksLikeToken, randomToken, sameText } from '#crypto/random_token'
import { readCookie, writeCookie } from '#auth/cookies'
import User from '#models/user'
import env from '#start/env'

/* The most people who may share a browser; beyond that, the ones who signed in last are kept. */
const MOST_ACCOUNTS = 5
/* A mark has two parts: one names the account, the other proves the sign-in. */
const ACCOUNT_LENGTH = 11
const PROOF_LENGTH = 22
const LIFETIME = '180d'

/*
 * The cookie of a browser in which someone has signed in: a random name for the browser,
 * and for each account a mark that only this site can make. Guesses made elsewhere do not
 * lock the account's owner out here (OWASP calls it a device cookie). It proves nothing
 * else and does not reveal whose accounts they are. It survives a sign-out, but not
 * anything that ends all of someone's sessions: a person who held the account for a
 * moment becomes a stranger again.
 */

/**
 * The name of this browser, if someone has signed in here to the account with this
 * address since its sessions were last ended.
 *
 * @param email normalised
 */
export async function knownBrowser(ctx: HttpContext, email: string): Promise<string | null> {
  const { browser, marks } = read(ctx)
  if (browser === null || marks.length === 0) return null
  /* Queried for anyone with any mark at all, so that timing reveals nothing about this address. */
  const user = await User.withEmail(email)
  const keys = [...env.get('APP_KEY'), ...env.get('APP_KEY_PREVIOUS')]
  const own = keys.map((key) => markOf(key, browser, email, user?.sessionEpoch ?? 0))
  return marks.some((mark) => own.some((one) => sameText(one, mark))) ? browser : null
}

/**
 * Records in this browser that the account's owner has signed in here.
 *
 * @param user with a proved address, as the database has it
 */
export function rememberBrowser(ctx: HttpContext, { email, sessionEpoch }: User) {
  if (email === null) return
  const { browser, marks } = read(ctx)
  const name = browser ?? randomToken()
  const mark = markOf(env.get('APP_KEY')[0], name, email, sessionEpoch)
  const others = marks.filter((other) => accountOf(other) !== accountOf(mark))
  const value = [name, mark, ...others.slice(0, MOST_ACCOUNTS - 1)].join('.')
  writeCookie(ctx, 'known', value, LIFETIME)
}

function read(ctx: HttpContext): { browser: string | null; marks: string[] } {
  const value = readCookie(ctx, 'known')
  const [browser, ...marks] = typeof value === 'string' ? value.split('.') : []
  if (!looksLikeToken(browser)) return { browser: null, marks: [] }
  const wellFormed = marks.filter(
    (mark) => /^[\w-]+$/.test(mark) && mark.length === ACCOUNT_LENGTH + PROOF_LENGTH
  )
  return { browser, marks: wellFormed.slice(0, MOST_ACCOUNTS) }
}

function markOf(key: string, browser: string, email: string, epoch: number): string {
  const account = keyedHash(key, `known_browser:${browser}:${email}`).slice(0, ACCOUNT_LENGTH)
  const proof = keyedHash(key, `known_browser:${browser}:${email}:${epoch}`).slice(0, PROOF_LENGTH)
  return account + proof
}

function accountOf(mark: string): string {
  return mark.slice(0, ACCOUNT_LENGTH)
}
