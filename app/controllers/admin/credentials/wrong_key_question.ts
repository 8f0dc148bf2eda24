import type { HttpContext } from '@adonisjs/core/http'
import type ProviderCredential from '#models/provider_credential'

/**
 * Whether somebody is putting a key to use that the provider called wrong, without having
 * been asked about it because their page was older. The next page asks.
 */
export function asksFirst(
  { request, session, i18n }: HttpContext,
  credential: ProviderCredential | null
): boolean {
  if (!credential?.foundWrong || request.input('despite_check') === 'true') return false
  session.flash('problem', i18n.t('admin.problems.found_wrong'))
  return true
}
