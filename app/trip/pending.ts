import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { hashToken } from '#crypto/random_token'
import PendingIdentity from '#models/pending_identity'
import { refuse } from '#trip/failure_notice'
import { safeNext } from '#auth/next'

/** A pending identity and the secret of the browser it waits in. */
export interface Waiting {
  pending: PendingIdentity
  browser: string
}

/** The pending identity that waits in this browser for a proof or missing fields, if any. */
export async function waitingHere(
  ctx: HttpContext,
  purpose: PendingIdentity['purpose']
): Promise<Waiting | null> {
  const browser = browserSecret(ctx)
  if (browser === null) return null
  const pending = await PendingIdentity.waitingIn(hashToken(browser), purpose)
  if (pending === null) return null
  await pending.load('provider')
  return { pending, browser }
}

/** Answers when nothing waits here any more, for example because a button was pressed twice. */
export function nothingWaits(ctx: HttpContext) {
  return refuse(ctx, 'proof_gone', { next: safeNext(ctx.request.input('next')) })
}
