import { shortCode } from '#protocol/failure'

/** What a provider has a browser bring back. */
export type CallbackAnswer =
  | { kind: 'code'; code: string }
  /** With the provider's name of the error. */
  | {
      kind: 'refused'
      failure: 'cancelled' | 'authorization_refused'
      providerCode: string | null
    }
  | { kind: 'malformed' }

const LONGEST_CODE = 4_096

/**
 * Reads the answer to an authorization request (RFC 6749, 4.1.2): one code, or one error,
 * and never both. Whether it belongs to a trip that left here is for the caller to see.
 */
export function readCallback(query: URLSearchParams): CallbackAnswer {
  const [codes, errors] = [query.getAll('code'), query.getAll('error')]
  if (codes.length === 0 && errors.length === 1 && errors[0] !== '') {
    return errors[0] === 'access_denied'
      ? { kind: 'refused', failure: 'cancelled', providerCode: null }
      : { kind: 'refused', failure: 'authorization_refused', providerCode: shortCode(errors[0]) }
  }

  const [code] = codes
  const isOne = codes.length === 1 && errors.length === 0
  return isOne && code !== '' && code.length <= LONGEST_CODE
    ? { kind: 'code', code }
    : { kind: 'malformed' }
}
