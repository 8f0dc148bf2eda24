import type { KoaContextWithOIDC } from 'oidc-provider'
import { type Next, safeNext } from '#auth/next'

/** The page of a waiting request, which asks what has to be asked and then continues. */
export function interactionPage(uid: string): string {
  return `/oidc/interaction/${uid}`
}

/** Where a waiting request continues once somebody has signed in. */
export function resumePage(uid: string): Next {
  return safeNext(`${interactionPage(uid)}/resume`)!
}

/** The page where somebody signs in or signs up for a waiting request. */
export function signInPageFor(uid: string, { prompt, login_hint: hint }: Record<string, unknown>) {
  const isNew = String(prompt ?? '')
    .split(' ')
    .includes('create')
  const query = new URLSearchParams({ next: resumePage(uid) })
  if (typeof hint === 'string' && hint.includes('@')) query.set('login_hint', hint)
  return `/user/${isNew ? 'create' : 'login'}?${query}`
}

/**
 * Sends a request for which nobody is signed in straight to the sign-in page, skipping the
 * page that would only look up what the request is about.
 */
export async function signInFirst(ctx: KoaContextWithOIDC, next: () => Promise<void>) {
  await next()
  const { Interaction: interaction, Session: session } = ctx.oidc?.entities ?? {}
  if (!interaction || session?.accountId || interaction.params.provider !== undefined) return
  if (ctx.response.get('location') !== interactionPage(interaction.uid)) return
  ctx.redirect(signInPageFor(interaction.uid, interaction.params))
  ctx.status = 303
}
