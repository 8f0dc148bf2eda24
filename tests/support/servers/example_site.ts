import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { appUrl } from '#config/app'
import { freePort, projectRoot } from '#tests/support/servers/spawned_process'
import { aSite } from '#tests/support/sites/site'
import { giveAway } from '#tests/support/secret_scan/sinks'

/**
 * Starts the site of `docs/examples/express` in its own process, registered here.
 *
 * @param settings added to its environment, or replacing parts of it
 */
export async function exampleSite(settings: Record<string, string> = {}) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const secret = await aSite({
    clientId: 'example',
    name: '달빛서점',
    redirectUris: [`${url}/callback`],
    postLogoutRedirectUris: [`${url}/`],
    backchannelLogoutUri: `${url}/backchannel_logout`,
    inside: true,
  })
  const child = spawn(process.execPath, [join(projectRoot, 'docs/examples/express/site.mjs')], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      ISSUER: appUrl,
      CLIENT_ID: 'example',
      CLIENT_SECRET: secret,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => (printed += chunk))
  }
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  if (child.exitCode !== null) throw new Error(`The example site ended: ${printed}`)
  return {
    url,
    async stop() {
      child.kill()
      await once(child, 'close')
      giveAway({ sink: 'server output', where: 'the example site' }, printed)
    },
  }
}
