import server from '@adonisjs/core/services/server'
import env from '#start/env'
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

/**
 * Where a driver of a sandbox provider finds it instead of the real hosts. Not
 * where the app is: 127.0.0.1 against localhost, so that every trip crosses
 * sites as it will in earnest.
 *
 * The port is the one this process listens on, also when PORT is 0.
 */
export function sandboxOrigin(driver: string): { auth: string; api: string } {
  const address = server.getNodeServer()?.address()
  const port = address && typeof address === 'object' ? address.port : env.get('PORT')
  const origin = `http://127.0.0.1:${port}/sandbox/${driver}`
  return { auth: origin, api: origin }
}
