import { lastMailTo } from '#tests/support/mails'
import type { Page, Visitor } from '#tests/support/visitor'

export const PASSWORD = 'a long enough password'

/** Fills in the sign-up form and sends it. */
export async function signUp(
  visitor: Visitor,
  email: string,
  fields: Record<string, string> = {}
): Promise<Page> {
  const page = await visitor.get('/user/create')
  return visitor.submit(page, '/user/create', {
    email,
    name: '김민준',
    password: PASSWORD,
    ...fields,
  })
}

/** The path of the link in the newest mail to an address. */
export async function mailedLink(email: string): Promise<string> {
  const { data } = await lastMailTo(email)
  if (!('url' in data)) throw new Error(`The last mail to ${email} has no link`)
  const { pathname } = new URL(data.url)
  return pathname
}

/** Opens a link and presses its button. */
export async function press(
  visitor: Visitor,
  link: string,
  fields: Record<string, string> = {}
): Promise<Page> {
  return visitor.submit(await visitor.get(link), link, fields)
}

/** Requests a password reset for an address. */
export async function forget(visitor: Visitor, email: string): Promise<Page> {
  const page = await visitor.get('/user/password/forgot')
  return visitor.submit(page, '/user/password/forgot', { email })
}

/**
 * The parts in which two answers must not differ: everything except what is random in
 * every answer (form token, cookie values, time, request id).
 */
export function comparable({ status, headers, text, csrf }: Page) {
  const names = [...headers.keys()].filter((name) => name !== 'date').sort()
  const shown = names.map((name) => {
    const value = headers.get(name) ?? ''
    return [name, /^(set-cookie|x-request-id|etag)$/.test(name) ? value.length : value]
  })
  return { status, headers: shown, text: text.replaceAll(csrf, '') }
}
