import type { HttpContext } from '@adonisjs/core/http'
import Identity from '#models/identity'
import type Provider from '#models/provider'

/** The page that shows what a person lets this service have of an identity. */
export function dataPage({ publicId }: Pick<Identity, 'publicId'>): string {
  return `/account/sign_in_methods/${publicId}/data`
}

/** A wish to be asked for consent anew. */
export interface Reconsent {
  identity: Identity
  /** In the provider's own terms; Naver asks for everything left out, whatever is named. */
  items: string[]
}

/**
 * Reads such a wish from its form: `identity`, and the `item`s to be asked for.
 *
 * @returns `null` unless the identity is a linked one of the person signed in, at
 *   this provider
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
