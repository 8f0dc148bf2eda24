/* How long Kakao waits (docs/protocol/kakao.md#notices); for Naver it is not documented. */
const PATIENCE_MS = 3_000

/** A simulated provider's POST to an application, as it goes over the wire. */
export interface ProviderCall {
  headers: Record<string, string>
  body: string
  /** The status that the provider takes as receipt; it takes any other as a refusal. */
  expects: number
}

export type CallResult =
  | { kind: 'accepted' | 'refused'; status: number }
  /** Nobody answered; `reason` is the network's error code. */
  | { kind: 'unreachable'; reason: string }

/** Makes a call the way the providers do: once, and without following redirects. */
export async function callApp(url: string, call: ProviderCall): Promise<CallResult> {
  const { headers, body, expects } = call
  try {
    const { status, body: answer } = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await answer?.cancel()
    return { kind: status === expects ? 'accepted' : 'refused', status }
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string } }
  return cause?.code ?? name
}
