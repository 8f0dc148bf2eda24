import type { HttpContext } from '@adonisjs/core/http'
import { GRACE_CHOICES, USUAL_GRACE } from '#models/grace'
import type Client from '#models/oidc/client'
import { fieldOf } from '#validators/field'

/* `Client.secretsVersion` of several hundred secrets. */
const LONGEST_VERSION = 20_000

/** The `Client.secretsVersion` carried by the form in this request. */
export function secretsVersionOf(ctx: HttpContext): string {
  return fieldOf(ctx, 'version', LONGEST_VERSION)
}

/**
 * The desk for the secrets of a site.
 *
 * @param problem why nothing was done; it appears with status 409 where somebody else was
 *   faster
 */
export async function showSecrets(ctx: HttpContext, client: Client, problem?: string) {
  await client.load('secrets', (secrets) => secrets.orderBy('id', 'desc'))
  if (problem) ctx.response.status(problem === 'stale' ? 409 : 422)
  const living = client.secrets.filter(({ isAlive }) => isAlive)
  return ctx.view.render('pages/admin/client_secrets/index', {
    client,
    problem,
    living,
    canRollBack: living.length > 1 && living[0].retireUntil === null,
    graces: GRACE_CHOICES,
    usualGrace: USUAL_GRACE,
  })
}
