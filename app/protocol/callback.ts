import { shortCode } from '#protocol/failure'

/** What a provider sends back with the browser. */
export type CallbackAnswer =
  | { kind: 'code'; code: string }
  /** `providerCode` is the provider's name for the error. */
  | {
      kind: 'refused'
      failure: 'cancelled' | 'authorization_refused'
      providerCode: string | null
    }
  | { kind: 'malformed' }

const LONGEST_CODE = 4_096

/**
 * Reads the answer to an authorization request (RFC 6749, 4.1.2): one code or one error,
 * never both. The caller checks whether it belongs to a trip that left here.
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
