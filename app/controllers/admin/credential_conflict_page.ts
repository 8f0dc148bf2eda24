import type { HttpContext } from '@adonisjs/core/http'
import { changesSince } from '#audit/keys_seen'
import type Provider from '#models/provider'
import { fieldOf } from '#validators/field'

/* `Provider.keysSeen`, of some hundred keys that are not revoked. */
const LONGEST_SEEN = 20_000

/** How the keys stood when the form of this request was opened (`Provider.keysSeen`). */
export function keysSeenBy(ctx: HttpContext): string {
  return fieldOf(ctx, 'seen', LONGEST_SEEN)
}

/** The page for whoever was second: nothing was done, and this is what changed. Status 409. */
export async function tellWhatChanged(ctx: HttpContext, provider: Provider) {
  ctx.response.status(409)
  return ctx.view.render('pages/admin/credential_conflicts/show', {
    provider,
    changes: await changesSince(keysSeenBy(ctx), provider),
  })
}
