import type { HttpContext } from '@adonisjs/core/http'
import type ProviderCredential from '#models/provider_credential'

/**
 * Whether a key is put to use of which the provider said that it is wrong, by somebody
 * who was not asked about that: their page was older. The next page asks.
 */
export function asksFirst(
  { request, session, i18n }: HttpContext,
  credential: ProviderCredential | null
): boolean {
  if (!credential?.foundWrong || request.input('despite_check') === 'true') return false
  session.flash('problem', i18n.t('admin.problems.found_wrong'))
  return true
}
