import type { HttpContext } from '@adonisjs/core/http'
import { changesSince } from '#audit/key_changes'
import type Provider from '#models/provider'
import { fieldOf } from '#validators/field'

/* `Provider.keysVersion` of several hundred keys that are not revoked. */
const LONGEST_VERSION = 20_000

/** The `Provider.keysVersion` carried by the form in this request. */
export function keysVersionOf(ctx: HttpContext): string {
  return fieldOf(ctx, 'version', LONGEST_VERSION)
}

/** The page for the later of two editors: nothing was done, this is what changed. Status 409. */
export async function tellWhatChanged(ctx: HttpContext, provider: Provider) {
  ctx.response.status(409)
  return ctx.view.render('pages/admin/credential_conflicts/show', {
    provider,
    changes: await changesSince(keysVersionOf(ctx), provider),
  })
}
