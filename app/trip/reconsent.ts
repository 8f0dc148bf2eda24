import type { HttpContext } from '@adonisjs/core/http'
import Identity from '#models/identity'
import type Provider from '#models/provider'

/** The page that shows what an identity's provider may share with this service. */
export function dataPage({ publicId }: Pick<Identity, 'publicId'>): string {
  return `/account/sign_in_methods/${publicId}/data`
}

/** A request to be asked for consent again. */
export interface Reconsent {
  identity: Identity
  /** In the provider's own terms; Naver ignores them and asks for everything left out. */
  items: string[]
}

/**
 * Reads such a request from its form: `identity`, and the `item`s to ask for.
 *
 * @returns `null` unless the identity is linked to the signed-in user at this provider
 */
export async function reconsentWish(
  { auth, request }: HttpContext,
  provider: Provider
): Promise<Reconsent | null> {
  const { identity: publicId, item } = request.body()
  if (typeof publicId !== 'string' || !auth.user) return null
  const identity = await Identity.query()
    .where({ publicId, userId: auth.user.id, providerId: provider.id })
    .whereNull('unlinkedAt')
    .first()
  if (identity === null) return null

  const isItem = (one: unknown) => typeof one === 'string' && /^[\w.]{1,60}$/.test(one)
  return { identity, items: [item].flat().filter(isItem) }
}
