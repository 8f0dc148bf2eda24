import { SandboxKakao } from '#sandbox/kakao'
import { SandboxNaver } from '#sandbox/naver'
import type { Simulator } from '#sandbox/simulator'
import { unlinkNoticeUrl } from '#trip/driver_for'

/** The providers that the sandbox simulates, by driver. */
export const simulators: Record<string, Simulator> = {
  kakao: new SandboxKakao(),
  naver: new SandboxNaver(),
}

for (const [key, simulator] of Object.entries(simulators)) {
  const { clientId, clientSecrets, adminKey } = simulator.row
  simulator.register({
    clientId,
    clientSecrets,
    adminKey,
    name: 'Daemun',
    anyLoopbackRedirect: true,
    noticeUrl: unlinkNoticeUrl({ key }),
  })
}
