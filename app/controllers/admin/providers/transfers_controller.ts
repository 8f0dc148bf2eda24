import type { HttpContext } from '@adonisjs/core/http'
import Provider from '#models/provider'
import type { FormState } from '#validators/form'
import { LONGEST_FILE, SHORTEST_PASSPHRASE } from '#validators/transfer'

interface Shown {
  exportForm?: FormState
  importForm?: FormState
  /** What is wrong, in a sentence. */
  problem?: string
}

/** The page for exporting and importing providers. */
export default class TransfersController {
  show(ctx: HttpContext) {
    return showTransfer(ctx)
  }
}

/** Renders that page; with a form, as it was sent. */
export async function showTransfer({ response, view }: HttpContext, shown: Shown = {}) {
  if (Object.keys(shown).length > 0) response.status(422)
  const providers = await Provider.query().withScopes((scopes) => scopes.inOrder())
  return view.render('pages/admin/transfers/show', {
    providers: providers.filter(({ sandbox }) => !sandbox),
    limits: { file: LONGEST_FILE, passphrase: SHORTEST_PASSPHRASE },
    ...shown,
  })
}
