import type { HttpContext } from '@adonisjs/core/http'
import { packApproval, unpackApproval } from '#auth/approval'
import type { SandboxLosses } from '#sandbox/losses'

interface Replacement {
  /** What was asked for, including secrets: it goes into the page sealed. */
  wish: object
  losses: SandboxLosses
  /** Where to go instead. */
  cancel?: string
}

/** What an administrator has agreed to on that page. */
export type Agreement<Wish> = Wish & { approvedLosses: SandboxLosses }

/**
 * The page that asks whether a practice provider may give way, with counts of what goes
 * with it. It posts back to the same address.
 */
export function askToReplaceSandbox(
  ctx: HttpContext,
  { wish, losses, cancel = '/admin/providers' }: Replacement
) {
  return ctx.view.render('pages/admin/sandbox_replacements/create', {
    losses,
    cancel,
    action: ctx.request.url(),
    packed: packApproval(ctx, purposeOf(ctx), { ...wish, approvedLosses: losses }),
  })
}

/**
 * @returns what that page was shown for, to be carried out now; `null` when this is not
 *   its answer
 */
export function readAgreement<Wish>(ctx: HttpContext): Agreement<Wish> | null {
  return unpackApproval(ctx, purposeOf(ctx), ctx.request.input('agreed'))
}

const purposeOf = ({ request }: HttpContext) => `sandbox_replacements:${request.url()}`
