import { SandboxKakao } from '#sandbox/kakao'
import { SandboxNaver } from '#sandbox/naver'
import type { Simulator } from '#sandbox/simulator'

/** The providers that the sandbox simulates, by driver; one line each. */
export const simulators: Record<string, Simulator> = {
  kakao: new SandboxKakao(),
  naver: new SandboxNaver(),
}

for (const simulator of Object.values(simulators)) {
  const { clientId, clientSecrets } = simulator.row
  simulator.register({ clientId, clientSecrets, name: 'Daemun', anyLoopbackRedirect: true })
}
