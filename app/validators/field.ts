import type { HttpContext } from '@adonisjs/core/http'

/**
 * One form field that only has to be text: what it is compared with decides. The length
 * is checked first.
 *
 * @param longest in characters
 * @returns the empty text for anything else
 */
export function fieldOf({ request }: HttpContext, name: string, longest = 254): string {
  const value: unknown = request.body()[name]
  return typeof value === 'string' && value.length <= longest ? value : ''
}
