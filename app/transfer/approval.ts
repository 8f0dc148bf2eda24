import type { HttpContext } from '@adonisjs/core/http'
import { now } from '#models/clock'
import { SecretUnreadable, seal, unseal } from '#models/sealed'
import type { TransferDocument } from '#transfer/document'

/** Ten minutes, in milliseconds: as long as a sign-in counts as recent. */
const LIFETIME_MS = 10 * 60 * 1000

/** What an administrator was shown, and may have carried out with one press. */
export interface Approval {
  document: TransferDocument
  /** Of the plan that was shown. */
  fingerprint: string
}

/**
 * Packs it into the page itself, so that no secret of the file waits in a
 * session or a table. Only this sign-in can send it back, and not for long.
 */
export function packApproval(ctx: HttpContext, approval: Approval): string {
  const expiresAt = now().toMillis() + LIFETIME_MS
  return seal(purposeOf(ctx), JSON.stringify({ ...approval, expiresAt }))
}

/** @returns `null` when it was altered, is of another sign-in, or too old */
export function unpackApproval(ctx: HttpContext, packed: string): Approval | null {
  try {
    const { expiresAt, ...approval } = JSON.parse(unseal(purposeOf(ctx), packed))
    return expiresAt > now().toMillis() ? approval : null
  } catch (error) {
    if (error instanceof SecretUnreadable) return null
    throw error
  }
}

const purposeOf = ({ auth }: HttpContext) => `imports:${auth.use('web').session!.publicId}`
