import type { KoaContextWithOIDC } from 'oidc-provider'
import { type Next, safeNext } from '#auth/next'

/** The page of a waiting request: asks what has to be asked, and goes on. */
export function interactionPage(uid: string): string {
  return `/oidc/interaction/${uid}`
}

/** Where a waiting request goes on once somebody has signed in. */
export function resumePage(uid: string): Next {
  return safeNext(`${interactionPage(uid)}/resume`)!
}

/** The page on which somebody signs in, or up, for a waiting request. */
export function signInPage(uid: string, { prompt, login_hint: hint }: Record<string, unknown>) {
  const isNew = String(prompt ?? '')
    .split(' ')
    .includes('create')
  const query = new URLSearchParams({ next: resumePage(uid) })
  if (typeof hint === 'string' && hint.includes('@')) query.set('login_hint', hint)
  return `/user/${isNew ? 'create' : 'login'}?${query}`
}

/**
 * Leads a request that nobody is signed in for to the sign-in page at once, without the
 * page that would only look up what it is about.
 */
export async function signInFirst(ctx: KoaContextWithOIDC, next: () => Promise<void>) {
  await next()
  const { Interaction: interaction, Session: session } = ctx.oidc?.entities ?? {}
  if (!interaction || session?.accountId || interaction.params.provider !== undefined) return
  if (ctx.response.get('location') !== interactionPage(interaction.uid)) return
  ctx.redirect(signInPage(interaction.uid, interaction.params))
  ctx.status = 303
}
