/* What Kakao grants (docs/protocol/kakao.md#notices); what Naver does is not documented. */
const PATIENCE_MS = 3_000

/** What a simulated provider posts to an application, as it goes over the wire. */
export interface ProviderCall {
  headers: Record<string, string>
  body: string
  /** The status that the provider takes for "heard"; anything else is a refusal to it. */
  expects: number
}

export type CallResult =
  | { kind: 'accepted' | 'refused'; status: number }
  /** Nobody answered; `reason` is the network's name for it. */
  | { kind: 'unreachable'; reason: string }

/** Makes a call as the providers do: once, and without following redirects. */
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
