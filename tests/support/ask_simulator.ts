import type { Translate } from '#sandbox/consent_page'
import type { SandboxResponse, Simulator } from '#sandbox/simulator'

/** Returns the keys instead of their texts: protocol tests look for those. */
const translate: Translate = (key, values = {}) => [key, ...Object.values(values)].join(' ')

interface Ask {
  method?: string
  query?: Record<string, string>
  form?: Record<string, string> | string[][]
  headers?: Record<string, string>
  mount?: string
}

/** Passes one request to a simulator, without HTTP. */
export function ask(simulator: Simulator, path: string, request: Ask = {}): SandboxResponse {
  return simulator.handle({
    method: request.method ?? (request.form ? 'POST' : 'GET'),
    path,
    mount: request.mount ?? '',
    query: new URLSearchParams(request.query),
    form: new URLSearchParams(request.form as [string, string][]),
    headers: request.headers ?? {},
    locale: 'ko',
    translate,
  })
}
