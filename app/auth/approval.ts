import type { HttpContext } from '@adonisjs/core/http'
import { now } from '#time/clock'
import { SecretUnreadable, seal, unseal } from '#crypto/sealed'

/** Ten minutes, in milliseconds: as long as a sign-in counts as recent. */
const LIFETIME_MS = 10 * 60 * 1000

/**
 * Packs what an administrator is shown, and can have carried out with one press, into the
 * page itself, so that none of its secrets wait in a session or a table. Only this
 * sign-in can send it back, and only for a short time.
 *
 * @param purpose what it may be sent back for
 */
export function packApproval(ctx: HttpContext, purpose: string, shown: object): string {
  const expiresAt = now().toMillis() + LIFETIME_MS
  return seal(sealingOf(ctx, purpose), JSON.stringify({ ...shown, expiresAt }))
}

/** @returns `null` if it was altered, belongs to another sign-in or is too old */
export function unpackApproval<Shown>(
  ctx: HttpContext,
  purpose: string,
  packed: unknown
): Shown | null {
  if (typeof packed !== 'string') return null
  try {
    const { expiresAt, ...shown } = JSON.parse(unseal(sealingOf(ctx, purpose), packed))
    return expiresAt > now().toMillis() ? (shown as Shown) : null
  } catch (error) {
    if (error instanceof SecretUnreadable) return null
    throw error
  }
}

const sealingOf = ({ auth }: HttpContext, purpose: string) =>
  `${purpose}:${auth.use('web').session!.publicId}`
